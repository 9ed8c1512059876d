import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { base64Encode } from '@bufbuild/protobuf/wire';
import type { AudioStreamResume } from '@triptych/protocol';
import type { LiveStream } from '../live-stream.js';
import { CallError } from '../call-error.js';
import { UNAVAILABLE } from '../retry.js';
import { Signal } from '../resume/signal.js';
import { valuesOf } from './embedding.js';
import {
  type AudioStreamConfigSchema,
  AudioStreamRequestSchema,
  AudioStreamResponseSchema,
  type AudioStreamReady,
} from './gen/triptych/v1/audio_pb.js';
import type { ItemError } from './gen/triptych/v1/common_pb.js';
import type { WindowTranscript } from './gen/triptych/v1/transcript_pb.js';

/** What a stream is configured with: `AudioStreamConfig`. */
export type LiveConfig = Omit<MessageInitShape<typeof AudioStreamConfigSchema>, 'resume' | '$typeName'>;

/** A window of a live stream. Positions are in samples of the model's rate, from the stream's start. */
export interface LiveWindow {
  readonly index: number;
  readonly startSample: number;
  readonly endSample: number;
  /** Shorter than a window: a flush, or the tail. */
  readonly partial: boolean;
  readonly lastSequence: number;
  /** Its vector; row by row where `shape` is [n, dim]. */
  readonly values?: Float32Array;
  readonly shape?: readonly number[];
  /** What is said in it, where the config has a `transcription`. */
  readonly transcript?: WindowTranscript;
  /** Why it has none. */
  readonly error?: ItemError;
}

/** One answer: the server is ready, a window, or the end. */
export interface LiveAnswer {
  readonly ready?: AudioStreamReady;
  readonly window?: LiveWindow;
  readonly summary?: {
    readonly windows: number;
    readonly chunks: number;
    readonly samples: number;
    lateWindows: number;
  };
}

/** The frame that an error is: see docs/http.md. */
interface ErrorFrame {
  readonly error: {
    readonly code: number;
    readonly reason?: string;
    readonly message?: string;
    readonly field?: string;
  };
}

const NORMAL = 1000;
const PATH = '/triptych.v1.AudioEncoder/EncodeStream';
/** Bytes that a socket may have waiting; browsers tell how many there are, and not when there are fewer. */
const MOST_WAITING_BYTES = 1024 * 1024;
const LOOK_MS = 10;
/** Answers that may wait to be read: no more audio is sent until there are fewer. */
const MOST_UNREAD = 256;

type Config = LiveConfig & { readonly resume?: AudioStreamResume };

/** One `AudioEncoder.EncodeStream` over a WebSocket. */
export function openAudioSocket(url: string, token?: string): LiveStream<Config, LiveAnswer> {
  const address = new URL(PATH, url);
  address.protocol = address.protocol.replace('http', 'ws');
  const bearer = token === undefined ? [] : [bearerProtocol(token)];
  const socket = new WebSocket(address.href, ['triptych.v1.proto', ...bearer]);
  socket.binaryType = 'arraybuffer';
  const answers: LiveAnswer[] = [];
  const signal = new Signal();
  let hasOpened = false;
  /** How it ended: null where nothing was wrong. */
  let ended: CallError | null | undefined;
  socket.onopen = () => {
    hasOpened = true;
    signal.change();
  };
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
    if (typeof data === 'string') ended ??= errorOf(data);
    else answers.push(answerOf(new Uint8Array(data)));
    signal.change();
  };
  // Its close follows, and says as much.
  socket.onerror = () => undefined;
  socket.onclose = ({ code }) => {
    ended ??= code === NORMAL ? null : brokenOff(code, hasOpened);
    signal.change();
  };
  /** Sends a frame, and waits while the server is not reading, or its answers are not read. */
  const push = async (frame: Uint8Array<ArrayBuffer>): Promise<void> => {
    while (socket.readyState === WebSocket.CONNECTING) await signal.changed;
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(frame);
    while (socket.bufferedAmount > MOST_WAITING_BYTES && socket.readyState === WebSocket.OPEN)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    while (answers.length > MOST_UNREAD && ended === undefined) await signal.changed;
  };
  let last = Promise.resolve();
  const pushInOrder = (frame: Uint8Array<ArrayBuffer>) => (last = last.then(() => push(frame)));
  let next = 0;
  return {
    configure({ resume, ...config }) {
      const value = { ...config, ...(resume ? { resume: positionsOf(resume) } : {}) };
      void pushInOrder(frameOf({ case: 'config', value }));
    },
    async send(data, { flush = false, sequence = next } = {}) {
      next = sequence + 1;
      const value = { sequence: BigInt(sequence), data: new Uint8Array(data), flush };
      await pushInOrder(frameOf({ case: 'chunk', value }));
    },
    // An empty frame: WebSockets have no end of one side.
    finish: () => void pushInOrder(new Uint8Array()),
    cancel: () => socket.close(),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const answer = answers.shift();
        if (answer) {
          signal.change();
          yield answer;
        } else if (ended) throw ended;
        else if (ended === null) return;
        else await signal.changed;
      }
    },
  };
}

/** How a token is said where there is no header for it. A protocol has fewer characters than a token may have: no = and no /. */
function bearerProtocol(token: string): string {
  if (/^[\w.~+-]+$/.test(token)) return `bearer.${token}`;
  return `bearer64.${base64Encode(new TextEncoder().encode(token), 'url')}`;
}

function frameOf(
  message: MessageInitShape<typeof AudioStreamRequestSchema>['message'],
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(toBinary(AudioStreamRequestSchema, create(AudioStreamRequestSchema, { message })));
}

function positionsOf(resume: AudioStreamResume) {
  const position = (value: unknown) => BigInt(Number(value ?? 0));
  return {
    windowIndex: position(resume.windowIndex),
    windowStartSample: position(resume.windowStartSample),
    coveredSample: position(resume.coveredSample),
    audioStartSample: position(resume.audioStartSample),
    sequence: position(resume.sequence),
  };
}

function answerOf(frame: Uint8Array): LiveAnswer {
  const { message } = fromBinary(AudioStreamResponseSchema, frame);
  switch (message.case) {
    case 'ready':
      return { ready: message.value };
    case 'window': {
      const { index, startSample, endSample, partial, lastSequence, outcome, transcript } = message.value;
      const place = {
        index: Number(index),
        startSample: Number(startSample),
        endSample: Number(endSample),
        partial,
        lastSequence: Number(lastSequence),
        ...(transcript ? { transcript } : {}),
      };
      if (outcome.case === 'embedding')
        return { window: { ...place, values: valuesOf(outcome.value), shape: outcome.value.shape } };
      return { window: outcome.case === 'error' ? { ...place, error: outcome.value } : place };
    }
    case 'summary': {
      const { windows, chunks, samples, lateWindows } = message.value;
      return {
        summary: {
          windows: Number(windows),
          chunks: Number(chunks),
          samples: Number(samples),
          lateWindows: Number(lateWindows),
        },
      };
    }
    default:
      return {};
  }
}

function errorOf(frame: string): CallError {
  const { code, reason = '', message = reason, field = '' } = (JSON.parse(frame) as ErrorFrame).error;
  const violations = field === '' ? [] : [{ field, description: message }];
  return new CallError(code, message, { reason, violations });
}

function brokenOff(code: number, hasOpened: boolean): CallError {
  const what = hasOpened
    ? `the WebSocket closed with ${code}`
    : 'the WebSocket did not open: no server is there, or it refuses this page’s origin (--http-origins) or token';
  return new CallError(UNAVAILABLE, what, undefined);
}
