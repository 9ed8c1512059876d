import { inFieldAsync } from '@triptych/engine';
import { z } from 'zod';
import { readText } from './input/inputs.js';
import { readMedium } from './input/media.js';
import { inRoute, renameField } from './in-route.js';
import { name, text } from './json/parse-request.js';
import type { PostedRequest } from './posted-request.js';
import { posted } from './posted-route.js';
import { problem, problemAnswer } from './problem.js';

const count = (description: string) =>
  z.number({ error: 'expected a number' }).optional().meta({ description });

const captionsRequest = z.strictObject({
  model: name('A served model that writes captions. Without: the first.').optional(),
  images: z.array(text('data:image/…;base64,…, the base64 alone, or a URL'), {
    error: 'expected a list of images',
  }),
  prompt: text('What every caption begins with. Default: nothing.').optional(),
  beams: count('Searched side by side for the likeliest caption, up to 8. Default: 1, greedily.'),
  max_tokens: count(
    'Of a caption, its prompt among them. Default: 30, or as many as the model has places for.',
  ),
});

/** A test holds the answers to it. */
export const captionsAnswer = z.strictObject({
  model: z.string(),
  fingerprint: z.string().meta({ description: 'sha256 of what wrote the captions.' }),
  captions: z.array(
    z.union([
      z.strictObject({
        text: z.string(),
        tokens: z.number().meta({ description: 'Generated.' }),
        mean_log_probability: z.number(),
        finish_reason: z
          .enum(['end', 'length'])
          .meta({ description: 'end: the model ended it. length: cut at max_tokens.' }),
      }),
      z.strictObject({ error: problemAnswer }),
    ]),
  ),
});

/** `POST /captions`: what images show, in words. A bad image has its error in its place. */
export const captionsRoute = posted({
  method: 'POST',
  path: '/captions',
  summary: 'What images show, in words.',
  rule: { methods: ['/triptych.v1.Captioner/Caption'], modalities: ['image'] },
  body: captionsRequest,
  answer: captionsAnswer,
  handle: captions,
});

async function captions(
  { engine, call, bodyBytes, reader, held }: PostedRequest,
  { model, images, prompt, beams, max_tokens: maxTokens }: z.infer<typeof captionsRequest>,
): Promise<z.infer<typeof captionsAnswer>> {
  const read: { readonly encoded: Buffer }[] = [];
  for (const [i, image] of images.entries()) {
    read.push(
      await inFieldAsync(`images[${i}]`, async () => ({ encoded: await readMedium(image, 'image', reader) })),
    );
    await reader.pause();
  }
  held.leave();
  const engineCall = call.engineCall(bodyBytes + read.reduce((sum, { encoded }) => sum + encoded.length, 0));
  const begin = prompt === undefined ? undefined : readText(prompt);
  const request = { model, images: read, prompt: begin, beams, maxTokens };
  const { results, ...made } = await inRoute({}, engine.captionImages(request, engineCall));
  return {
    model: made.model,
    fingerprint: made.fingerprint,
    captions: results.map((one) => {
      if ('error' in one) return { error: problem(renameField(one.error, {})) };
      const { text, tokens, meanLogProbability, finish } = one;
      return { text, tokens, mean_log_probability: meanLogProbability, finish_reason: finish };
    }),
  };
}
