import type { IncomingMessage } from 'node:http';
import { type AudioChunk, type EncodedWindow, type Engine, type WindowTranscript } from '@triptych/engine';
import { TriptychError, untilAborted } from '@triptych/core';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { HttpCall } from '../call.js';
import { openAiError } from '../failure.js';
import { inRoute } from '../in-route.js';

const number = (description: string) =>
  z.coerce.number({ error: 'expected a number' }).optional().meta({ description });

/** Fields of the engine's, in the words of the query. */
const fields = { 'transcription.language': 'language' };

/** What a recording is cut into, in the query. */
export const windowsQuery = z.strictObject({
  model: z.string().optional(),
  window_ms: number('Default: the context of the model.'),
  hop_ms: number('Default: the window.'),
  tail: z.string().optional().meta({ description: 'emit (the default) or drop.' }),
  context: z.string().optional().meta({ description: 'padded or trimmed.' }),
  pooling: z.string().optional(),
  dimensions: number('Keep the first so many values.'),
  transcribe: z
    .enum(['true', 'false'], { error: 'expected true or false' })
    .optional()
    .meta({ description: 'Windows have what is said in them, too.' }),
  language: z
    .string()
    .optional()
    .meta({ description: 'Of transcribe: its code, as in en. Default: detected.' }),
});

/**
 * Encodes an audio file while it is uploaded: its windows are server-sent events, `ready`, then a `window` each, then `summary`, or an
 * `error`. The upload is read no faster than its windows are computed, those no faster than they are read.
 */
export async function streamWindows(
  engine: Engine,
  call: HttpCall,
  request: IncomingMessage,
  reply: FastifyReply,
  query: z.infer<typeof windowsQuery>,
): Promise<void> {
  const { model, window_ms: windowMs, hop_ms: hopMs, tail, context, pooling, dimensions } = query;
  const { transcribe, language } = query;
  if (language !== undefined && transcribe !== 'true')
    throw new TriptychError(
      'PARAMETER_INVALID',
      'language is of what transcribe=true hears; expected both, or none',
      {
        field: 'language',
      },
    );
  const { open, observed, signal } = call;
  const wanted = {
    model,
    windowMs,
    hopMs,
    tail,
    context,
    options: { pooling, dimensions },
    format: { encoding: 'container' },
    transcription: transcribe === 'true' ? { language } : undefined,
  };
  open.isHandled = true;
  const stream = await inRoute(fields, engine.openAudioStream(wanted, call.engineCall()));
  const { raw } = reply.hijack();
  const write = (event: string, data: object) => {
    open.active = performance.now();
    open.sent++;
    const sent = new Promise<void>((resolve, reject) =>
      raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`, (error) =>
        error ? reject(error) : resolve(),
      ),
    );
    return untilAborted(sent, signal);
  };
  try {
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      ...headersOf(reply),
    });
    const { stamp, dimensions: values, windowMs: window, hopMs: hop } = stream.ready;
    await write('ready', { ...stamp, dimensions: values, window_ms: window, hop_ms: hop });
    const summary = await stream.run(chunksOf(request, call), (one) => write('window', windowJson(one)));
    await write('summary', summary);
    observed.succeeded();
  } catch (thrown) {
    const error = observed.failed(thrown);
    if (!raw.destroyed) raw.write(`event: error\ndata: ${JSON.stringify(openAiError(error))}\n\n`);
  } finally {
    stream.close();
    raw.end();
  }
}

/** What has come of a body, piece by piece, as it is taken. */
async function* chunksOf(request: IncomingMessage, { open, signal }: HttpCall): AsyncGenerator<AudioChunk> {
  const parts = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  try {
    for (;;) {
      const next = await untilAborted(parts.next(), signal);
      if (next.done) return;
      open.active = performance.now();
      yield { data: next.value };
    }
  } finally {
    // What is left of it is somebody else's to read.
    void parts.return?.();
  }
}

function windowJson({ index, startSample, endSample, partial, result }: EncodedWindow): object {
  const place = { index, start_sample: startSample, end_sample: endSample, partial };
  if ('error' in result) return { ...place, error: openAiError(result.error) };
  const {
    embedding: { bytes },
    transcript,
  } = result;
  const embedding = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return { ...place, embedding, ...(transcript ? { transcript: transcriptJson(transcript) } : {}) };
}

function transcriptJson({ text, language, segments }: WindowTranscript): object {
  const times = segments.map((one) => ({ start: one.startS, end: one.endS, text: one.text }));
  return { text, language, segments: times };
}

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/** A query as its schema has it. Throws MESSAGE_MALFORMED. */
export function readQuery(query: unknown): z.infer<typeof windowsQuery> {
  const result = windowsQuery.safeParse(query);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw new TriptychError('MESSAGE_MALFORMED', `${path.join('.') || 'the query'}: ${message}`, {
    field: path.join('.') || undefined,
  });
}
