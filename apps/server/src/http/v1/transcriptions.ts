import { TriptychError } from '@triptych/core';
import type { Engine } from '@triptych/engine';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HttpCall, HttpContext } from '../call.js';
import { readForm } from '../form/read-form.js';
import { inRoute } from '../in-route.js';
import { callOf } from '../json-body.js';
import { parseRequest } from '../json/parse-request.js';
import { paced } from '../pace.js';
import { readBody } from '../read-body.js';
import type { Route } from '../route.js';
import { HttpError } from '../status.js';
import {
  transcriptAnswer,
  transcriptFormats,
  transcriptTypes,
  writeTranscript,
} from './transcript-answer.js';

const FORM_TYPE = 'multipart/form-data';
const TIMES_FIELD = 'timestamp_granularities[]';

const field = (description: string) => z.string({ error: 'expected text' }).optional().meta({ description });

const translationForm = z.strictObject({
  file: z
    .custom<Buffer>((value) => Buffer.isBuffer(value), {
      error: 'expected a recording, sent as a file with its name',
    })
    .meta({ type: 'string', format: 'binary', description: 'WAV, FLAC, MP3 or Ogg: its bytes say which.' }),
  model: field('A served model that transcribes. Without: the first.'),
  prompt: field('What the text goes on from: names, spellings, a style.'),
  response_format: z
    .enum(transcriptFormats, { error: `expected one of ${transcriptFormats.join(', ')}` })
    .optional()
    .meta({ description: 'Default: json.' }),
  temperature: z
    .string()
    .regex(/^\d*\.?\d+$/, 'expected a number from 0 to 1')
    .optional()
    .meta({ description: '0 to 1. 0, the default, goes up by itself where what is written is unlikely.' }),
});

const transcriptionForm = translationForm.extend({
  language: field('Its code: en. Without, it is detected.'),
  [TIMES_FIELD]: z
    .array(z.enum(['segment', 'word'], { error: 'expected segment or word' }))
    .optional()
    .meta({ description: 'What verbose_json has the times of: segment, the default, word, or both.' }),
  stream: z
    .literal('false', {
      error: 'the answer comes whole; Transcriber.TranscribeStream of gRPC answers while it is said',
    })
    .optional(),
});

/** A route that takes a recording in a form. */
interface SpeechRoute extends Route {
  readonly body: z.ZodType<z.infer<typeof translationForm> & Partial<z.infer<typeof transcriptionForm>>>;
  readonly task: 'transcribe' | 'translate';
}

const speechRoute = (route: Pick<SpeechRoute, 'path' | 'summary' | 'body' | 'task'>): SpeechRoute => ({
  ...route,
  method: 'POST',
  rule: { methods: ['/triptych.v1.Transcriber/Transcribe'], modalities: ['audio'] },
  bodyType: FORM_TYPE,
  answer: transcriptAnswer,
  textAnswers: transcriptTypes,
});

export const speechRoutes: readonly SpeechRoute[] = [
  speechRoute({
    path: '/v1/audio/transcriptions',
    summary: 'What is said in a recording.',
    body: transcriptionForm,
    task: 'transcribe',
  }),
  speechRoute({
    path: '/v1/audio/translations',
    summary: 'What is said in a recording, in English.',
    body: translationForm,
    task: 'translate',
  }),
];

/** Fields of the engine's, in the words of the form. */
const fields = {
  data: 'file',
  format: 'file',
  'options.task': 'model',
  'options.language': 'language',
  'options.prompt': 'prompt',
  'options.temperature': 'temperature',
  'options.words': TIMES_FIELD,
};

/** Serves them, in a scope of their own: they read forms and nothing else. */
export function serveSpeech(app: FastifyInstance, context: HttpContext): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(FORM_TYPE, async (request: FastifyRequest) => {
    const bytes = await readBody(request.raw, callOf(request), context.maxBodyBytes);
    context.hearers.metrics.message(request.routeOptions.url ?? '', 'received', bytes.length);
    return bytes;
  });
  app.addContentTypeParser('*', async () => {
    throw new HttpError(415, `the body is no form; expected content-type: ${FORM_TYPE}`, {
      'accept-post': FORM_TYPE,
    });
  });
  for (const route of speechRoutes)
    app.post(route.path, { config: { rule: route.rule } }, (request, reply) =>
      answer(context.engine, route, request, reply),
    );
}

async function answer(
  engine: Engine,
  route: SpeechRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const call = callOf(request);
  const form = await takeForm(request, call, route.body, engine.limits.maxItems);
  const { file, model, prompt, language, temperature, response_format: wanted = 'json' } = form;
  const times = form[TIMES_FIELD] ?? [];
  const words = times.includes('word');
  if (words && wanted !== 'verbose_json')
    throw new TriptychError(
      'PARAMETER_INVALID',
      `response_format is ${wanted}, which has no times of words; expected verbose_json`,
      { field: TIMES_FIELD },
    );
  const drawn = Number(temperature ?? 0);
  const asked = {
    model,
    format: { encoding: 'container' },
    data: file,
    options: {
      task: route.task,
      language: language || undefined,
      prompt,
      temperatures: drawn === 0 ? undefined : [drawn],
      words,
    },
  };
  const transcript = await inRoute(fields, engine.transcribe(asked, call.engineCall()));
  const { type, body } = writeTranscript(transcript, {
    task: route.task,
    format: wanted,
    words,
    segments: !words || times.includes('segment'),
  });
  return reply.type(type).send(body);
}

/** The form that a request brings. Of its body nothing is kept: the engine counts the file from here on. */
async function takeForm<T>(
  request: FastifyRequest,
  { arriving, signal }: HttpCall,
  schema: z.ZodType<T>,
  mostItems: number,
): Promise<T> {
  const body = request.body as Buffer | undefined;
  if (!body) throw new TriptychError('MESSAGE_MALFORMED', 'the request has no body; expected a form');
  request.body = undefined;
  // The file is copied out of it.
  const held = arriving.complete(2 * body.length);
  const reader = { pause: paced(), signal };
  const form = await readForm(body, request.headers['content-type'] ?? '', reader);
  const parsed = parseRequest(schema, form, mostItems);
  held.leave();
  return parsed;
}
