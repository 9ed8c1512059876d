import { inFieldAsync } from '@triptych/engine';
import { z } from 'zod';
import { openAiError } from '../failure.js';
import { decodedBytes, inputFields, readInputs, readText, unreadInputs } from '../input/inputs.js';
import { inRoute, renameField } from '../in-route.js';
import { name, text } from '../json/parse-request.js';
import { asCompared, early } from './compared.js';
import type { PostedRequest } from '../posted-request.js';

export const classifyRequest = z.strictObject({
  model: name('A served model that compares images and text. Without: the first.').optional(),
  ...inputFields,
  labels: z.array(text('What an input may be.'), { error: 'expected a list of labels' }),
  template: text(
    'The sentence that a label becomes, with {} in its place. Default: a photo of a {}',
  ).optional(),
  early: early.optional(),
  user: text('Not read.').optional(),
});

const fields = { items: 'input' };

/** `POST /v1/classify`: the probability of each label for each input, without training. An input that fails has its error in its place. */
export async function classify(
  { engine, call, bodyBytes, reader, held }: PostedRequest,
  { model, labels, template, early, ...given }: z.infer<typeof classifyRequest>,
): Promise<object> {
  const inputs = await readInputs(unreadInputs(given), reader);
  const classes = [];
  for (const [i, label] of labels.entries()) {
    classes.push(await inFieldAsync(`labels[${i}]`, async () => readText(label)));
    await reader.pause();
  }
  held.leave();
  const engineCall = call.engineCall(bodyBytes + decodedBytes(inputs));
  const sentences = { labels: classes, template: template === undefined ? undefined : readText(template) };
  const items = inputs.map(asCompared);
  const found = await inRoute(fields, engine.classify({ model, items, ...sentences, early }, engineCall));
  const { model: served, fingerprint } = found.stamp;
  return {
    object: 'list',
    model: served,
    fingerprint,
    data: found.classifications.map((one, index) => {
      if ('error' in one) return { index, error: openAiError(renameField(one.error, fields)) };
      const scores = one.labels.map((label) => ({ label: found.labels[label.index], score: label.score }));
      return { index, ...scores[0], scores };
    }),
  };
}
