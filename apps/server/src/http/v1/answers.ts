import { z } from 'zod';

const fingerprint = z.string().meta({ description: 'sha256 of what made the vectors.' });
const space = z.string().meta({ description: 'Vectors may be compared where this is the same.' });
const failure = z.object({
  message: z.string(),
  type: z.string(),
  param: z.string().nullable(),
  code: z.string(),
});

/** What the routes answer, for their description; a test holds the answers to it. */
export const embeddingsAnswer = z.strictObject({
  object: z.literal('list'),
  data: z.array(
    z.strictObject({
      object: z.literal('embedding'),
      index: z.number(),
      embedding: z.union([z.array(z.number()), z.string()]),
      space,
      truncated: z
        .boolean()
        .optional()
        .meta({ description: 'The text had more tokens than the model takes.' }),
    }),
  ),
  model: z.string(),
  fingerprint,
  usage: z.strictObject({ prompt_tokens: z.number(), total_tokens: z.number() }),
});

export const rerankAnswer = z.strictObject({
  model: z.string(),
  fingerprint,
  space,
  results: z.array(z.strictObject({ index: z.number(), relevance_score: z.number() })),
  failed: z.array(z.strictObject({ index: z.number(), error: failure })),
});

const score = { label: z.string(), score: z.number() };
export const classifyAnswer = z.strictObject({
  object: z.literal('list'),
  model: z.string(),
  fingerprint,
  data: z.array(
    z.union([
      z.strictObject({ index: z.number(), ...score, scores: z.array(z.strictObject(score)) }),
      z.strictObject({ index: z.number(), error: failure }),
    ]),
  ),
});

export const modelAnswer = z.strictObject({
  id: z.string(),
  object: z.literal('model'),
  created: z.number(),
  owned_by: z.string(),
  state: z.string(),
  fingerprint,
  architecture: z.string(),
  weight_type: z.string(),
  device: z.string(),
  precision: z.string(),
  parameters: z.number(),
  modalities: z.array(z.enum(['audio', 'image', 'text'])),
  dimensions: z.partialRecord(z.enum(['audio', 'image', 'text']), z.number()),
  captions: z.boolean().meta({ description: 'It writes captions of images: /captions.' }),
  transcribes: z.boolean().meta({ description: 'It writes what is said: /v1/audio/transcriptions.' }),
});

export const modelsAnswer = z.strictObject({ object: z.literal('list'), data: z.array(modelAnswer) });
