import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type Engine, type EngineCall, inFieldAsync } from '@triptych/engine';
import type { TranscribeStreamRequest__Output, TranscribeStreamResponse } from '@triptych/protocol';
import { send } from '../call.js';
import { readMessage } from '../messages/unread-message.js';
import { checkPart, readStream } from '../stream-messages.js';
import { readAudioFormat } from './clips.js';
import { finishReasons, readTranscription, segmentMessage } from './transcribe.js';

type Call = ServerDuplexStream<TranscribeStreamRequest__Output, TranscribeStreamResponse>;

/** `Transcriber.TranscribeStream`: config → ready, then chunks → updates, then summary. */
export async function transcribeStream(engine: Engine, call: Call, context: EngineCall): Promise<void> {
  const readChunk = (message: TranscribeStreamRequest__Output) => checkPart(message, 'chunk');
  const { config, parts } = await readStream(call, context.signal, readMessage, readChunk);
  if (!config) return;
  const request = {
    model: config.model,
    format: readAudioFormat(config.format),
    options: readTranscription(config.options),
    partialIntervalMs: config.partialIntervalMs,
  };
  const stream = await inFieldAsync('config', () => engine.openTranscription(request, context));
  const write = (response: TranscribeStreamResponse) => send(call, response, context.signal);
  try {
    await write({ ready: stream.ready });
    const { finish, ...summary } = await stream.run(parts, ({ settled, guessed, language }) => {
      const segments = [
        ...settled.map((one) => segmentMessage(one, true)),
        ...guessed.map((one) => segmentMessage(one, false)),
      ];
      return write({ update: { segments, language } });
    });
    await write({ summary: { ...summary, finishReason: finishReasons[finish] } });
  } finally {
    stream.close();
  }
}
