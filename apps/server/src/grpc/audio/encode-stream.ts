import type { ServerDuplexStream } from '@grpc/grpc-js';
import {
  type AudioStreamReady,
  type EncodedWindow,
  type Engine,
  type EngineCall,
  inFieldAsync,
  type WindowTranscript,
} from '@triptych/engine';
import {
  type AudioStreamConfig,
  type AudioStreamConfig__Output,
  type AudioStreamRequest__Output,
  type AudioStreamResponse,
  poolingNumbers,
  type WindowTranscript as WindowTranscriptMessage,
} from '@triptych/protocol';
import { send } from '../call.js';
import { encodedMessage, readEmbeddingOptions } from '../embeddings.js';
import { readMessage } from '../messages/unread-message.js';
import { audioContexts, nameOf, tails } from '../names.js';
import { toItemError } from '../status.js';
import { checkPart, readStream } from '../stream-messages.js';
import { readAudioFormat } from './clips.js';
import { finishReasons, readTranscription, segmentMessage } from './transcribe.js';

type Call = ServerDuplexStream<AudioStreamRequest__Output, AudioStreamResponse>;

/** `AudioEncoder.EncodeStream`: config → ready, then chunks → windows in order, then summary. */
export async function encodeStream(engine: Engine, call: Call, context: EngineCall): Promise<void> {
  const readChunk = (message: AudioStreamRequest__Output) => checkPart(message, 'chunk');
  const { config, parts } = await readStream(call, context.signal, readMessage, readChunk);
  if (!config) return;
  const { options, encoding } = readEmbeddingOptions(config.options);
  const request = {
    ...config,
    format: readAudioFormat(config.format),
    tail: nameOf(tails, config.tail),
    context: nameOf(audioContexts, config.context),
    options,
    transcription: config.transcription && readTranscription(config.transcription),
  };
  const stream = await inFieldAsync('config', () => engine.openAudioStream(request, context));
  const write = (response: AudioStreamResponse) => send(call, response, context.signal);
  try {
    await write({ ready: readyMessage(stream.ready, config, encoding) });
    const summary = await stream.run(parts, (window) => write({ window: windowMessage(window, encoding) }));
    await write({ summary });
  } finally {
    stream.close();
  }
}

function windowMessage({ result, ...place }: EncodedWindow, encoding: number): AudioStreamResponse['window'] {
  if ('error' in result) return { ...place, error: toItemError(result.error) };
  const { transcript } = result;
  return {
    ...place,
    ...encodedMessage(result, encoding),
    ...(transcript ? { transcript: transcriptMessage(transcript) } : {}),
  };
}

function transcriptMessage({ segments, finish, ...rest }: WindowTranscript): WindowTranscriptMessage {
  return {
    ...rest,
    segments: segments.map((one) => segmentMessage(one, true)),
    finishReason: finishReasons[finish],
  };
}

/** What the stream will give, and its config with all defaults filled in. */
function readyMessage(
  { stamp, plan, dimensions, windowMs, hopMs }: AudioStreamReady,
  config: AudioStreamConfig__Output,
  encoding: number,
): AudioStreamResponse['ready'] {
  const { model, context, embedding } = plan;
  const { sampleRate, frameSamples } = model.audio;
  const complete: AudioStreamConfig = {
    ...config,
    model: model.name,
    format: config.format && { ...config.format, channels: config.format.channels || 1 },
    windowMs,
    hopMs,
    tail: config.tail || tails.emit,
    context: audioContexts[context],
    options: {
      pooling: poolingNumbers[embedding.pooling],
      normalize: embedding.form.normalize,
      encoding: encoding as 1 | 2 | 3 | 4,
      dimensions,
    },
  };
  const frameMs = (1000 * frameSamples) / sampleRate;
  return { stamp, config: complete, dimensions, frameMs, sampleRateHz: sampleRate };
}
