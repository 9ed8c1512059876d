import { fillTemplate, toMatrix } from '@triptych/clip-engine';
import {
  type Classification,
  type ClassifyRequest__Output,
  type ClassifyResponse,
  readEmbedding,
} from '@triptych/protocol';
import { checkBatch, checkText } from '@triptych/validation';
import type { CallContext } from '../call.js';
import { inField, inFieldAsync } from '../in-field.js';
import type { ServiceParts } from '../service-parts.js';
import { encodeText, textBytes } from '../text/text-request.js';
import { checkAnswer, namesBytes } from './answer-bytes.js';
import { itemBytes, itemLoads, itemVectors, wholeItems } from './item-vectors.js';
import { planSpace, type SpacePlan, spaceStamp } from './space-plan.js';

/**
 * `CrossModal.Classify`: zero-shot classification (Radford et al. 2021, section 3.1). Each label becomes a sentence; an
 * item's probabilities are the softmax over its logits. A bad label fails the call, a bad item only itself.
 */
export async function classify(
  parts: ServiceParts,
  request: ClassifyRequest__Output,
  context: CallContext,
): Promise<ClassifyResponse> {
  const { limits } = parts;
  const plan = planSpace(parts, request.model);
  const { dimensions, temperature, engine } = plan.model.shared;
  checkBatch(request.items.length, limits.maxItems, 'items');
  checkBatch(request.labels.length, limits.maxItems - request.items.length, 'labels');
  const labels = request.labels.map((label, i) => inField(`labels[${i}]`, () => checkText(textBytes(label))));
  const template = inField('template', () => checkText(textBytes(request.template)));
  const answerBytes = namesBytes(request.items.length, labels, 0);
  checkAnswer(answerBytes, limits);
  const sentenceBytes = labels.reduce((sum, label) => sum + template.length + label.length, 0);
  const load = {
    ...context,
    bytes: itemBytes(request.items) + sentenceBytes + answerBytes,
    loads: itemLoads(plan, request.items, labels.length),
  };
  return context.admission.run(load, async () => {
    const sentences = labels.map((label) => fillTemplate(template, label));
    const [items, classes] = await Promise.all([
      itemVectors(plan, request.items, 'items', context),
      Promise.all(
        sentences.map((sentence, i) =>
          inFieldAsync(`labels[${i}]`, () => labelVector(plan, sentence, context)),
        ),
      ),
    ]);
    const whole = wholeItems(items);
    const ranked = await engine.rank(
      {
        queries: toMatrix(whole.vectors, dimensions),
        candidates: toMatrix(classes, dimensions),
        scale: temperature,
        topK: 0,
        probabilities: true,
      },
      context,
    );
    const classifications = request.items.map(({ id }, i): Classification => {
      const item = items[i];
      if ('error' in item) return { id, error: item.error };
      const best = ranked[whole.places.indexOf(i)];
      return { id, labels: best.map(({ index, score }) => ({ label: labels[index], probability: score })) };
    });
    return { stamp: spaceStamp(plan), classifications };
  });
}

async function labelVector(plan: SpacePlan, sentence: string, context: CallContext): Promise<Float32Array> {
  const { embedding } = await encodeText(plan.text(), Buffer.from(sentence), context);
  return embedding ? readEmbedding(embedding).values : new Float32Array(0);
}
