import { fillTemplate, type Ranked, toMatrix } from '@triptych/clip-engine';
import { checkBatch, checkText } from '@triptych/validation';
import { checkAnswer, namesBytes } from '../admission/answer-bytes.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import type { ItemResult } from '../items/encode-items.js';
import { inField, inFieldAsync } from '../items/in-field.js';
import type { ModelStamp } from '../items/stamp.js';
import { encodeText } from '../text/text-plan.js';
import { type EarlyFusion, checkImages, earlyWork, planEarly, rankAnew } from './early.js';
import { type ComparedItem, cameBytes, itemLoads } from './compared-item.js';
import { itemVectors, valuesOf, wholeItems } from './item-vectors.js';
import { planSpace, type SpacePlan, spaceStamp } from './space-plan.js';

export interface ClassifyRequest {
  /** Default: the first that compares images and text. */
  readonly model?: string | undefined;
  readonly items: readonly ComparedItem[];
  /** Or their bytes in UTF-8. */
  readonly labels: readonly (string | Uint8Array)[];
  /** The sentence that a label becomes, with `{}` in its place. Default, and empty: `a photo of a {}`. */
  readonly template?: string | Uint8Array | undefined;
  /** The best labels of each image are matched anew by one encoder of text and image, and are the answer. Default: not. */
  readonly early?: EarlyFusion | undefined;
}

export interface Classifications {
  readonly stamp: ModelStamp;
  readonly labels: readonly string[];
  /** For each item the labels' places and probabilities, best first. */
  readonly classifications: readonly ItemResult<{ readonly labels: readonly Ranked[] }>[];
}

/**
 * Zero-shot classification (Radford et al. 2021, section 3.1). Each label becomes a sentence; an item's logits become
 * probabilities as its model says: by a softmax over the labels, or each by itself, which need not add up to 1. A bad label fails the call, a bad item only itself.
 */
export async function classify(
  parts: EngineParts,
  request: ClassifyRequest,
  context: CallContext,
): Promise<Classifications> {
  const { limits } = parts;
  const plan = planSpace(parts, request.model);
  const { dimensions, scores, engine } = plan.model.shared;
  checkBatch(request.items.length, limits.maxItems, 'items');
  checkBatch(request.labels.length, limits.maxItems - request.items.length, 'labels');
  const labels = request.labels.map((label, i) => inField(`labels[${i}]`, () => checkText(label)));
  const second = request.early && planEarly(plan, request.early);
  if (second) checkImages(request.items);
  const template = inField('template', () => checkText(request.template ?? ''));
  const answerBytes = namesBytes(request.items.length, labels, 0);
  checkAnswer(answerBytes, limits);
  const sentenceBytes = labels.reduce((sum, label) => sum + template.length + label.length, 0);
  const next =
    second &&
    earlyWork(
      second,
      request.items,
      labels.map((text) => ({ text })),
    );
  const load = {
    ...context,
    bytes: cameBytes(request.items, context) + sentenceBytes + answerBytes + (next?.bytes ?? 0),
    loads: [...itemLoads(plan, request.items, labels.length), ...(next?.loads ?? [])],
  };
  return context.admission.run(load, async () => {
    const sentences = labels.map((label) => fillTemplate(template, label));
    const [items, classes] = await Promise.all([
      itemVectors(plan, request.items, 'items', context),
      Promise.all(
        sentences.map((sentence, i) =>
          inFieldAsync(`labels[${i}]`, () => sentenceVector(plan, sentence, context)),
        ),
      ),
    ]);
    const whole = wholeItems(items);
    const ranked = await engine.rank(
      {
        queries: toMatrix(whole.vectors, dimensions),
        candidates: toMatrix(classes, dimensions),
        ...scores,
        topK: second?.candidates ?? 0,
      },
      context,
    );
    const first = items.map((item, i) =>
      'error' in item ? item : { items: ranked[whole.places.indexOf(i)] },
    );
    const candidates = sentences.map((text) => ({ text }));
    const found = second
      ? await rankAnew(
          second,
          { queries: request.items, candidates, topK: 0, field: 'items' },
          first,
          context,
        )
      : first;
    const classifications = found.map((one) => ('error' in one ? one : { labels: one.items }));
    return { stamp: spaceStamp(plan), labels, classifications };
  });
}

async function sentenceVector(
  plan: SpacePlan,
  sentence: string,
  context: CallContext,
): Promise<Float32Array> {
  return valuesOf(await encodeText(plan.text(), sentence, context));
}
