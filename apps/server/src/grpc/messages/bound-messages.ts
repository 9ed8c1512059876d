import type { Http2Server, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type {
  ServerInterceptingCall,
  ServerInterceptingCallInterface,
  ServerInterceptor,
} from '@grpc/grpc-js';
import type { RequestRule } from '@triptych/protocol';
import type { ServerConfig } from '../../config/settings.js';
import { Shares } from '@triptych/engine';
import { MOST_LIVE_REQUESTS } from '../../oip/live/sequences.js';
import { MessageInflater } from './inflate-messages.js';
import { InflatedBytes } from './inflated-bytes.js';

/** What grpc-js's own call does not publish (docs/decisions/http2.md). */
interface Internals extends ServerInterceptingCallInterface {
  readonly stream: ServerHttp2Stream;
  readonly decoder: { maxReadMessageLength: number };
  decompressMessage(message: Buffer, encoding: string): Buffer | Promise<Buffer>;
}

const FLIGHT = '/arrow.flight.';
/** Of `--queue-bytes`, of which one caller may hold half: room for the batch that is encoded and for the next. */
const PART_OF_BATCH = 1 / 4;
/** Most inflated bytes held at a time, of one connection and of all, who share them, in multiples of the longest message. */
const [MOST_OF_CONNECTION, MOST_OF_ALL] = [2, 4];
/** Longest message of a method that takes names and numbers only: health, reflection, lists of models. */
const MOST_WITHOUT_CONTENT = 64 * 1024;
/** A message's flag and length. */
const PREFIX_BYTES = 5;
/** Messages that a stream of Node's reads ahead, the one in a handler's hands, and the one on its way between. */
const READ_AHEAD = 16 + 2;

export interface MessageBounds {
  /** Must come first: it takes hold of grpc-js's own call. */
  readonly interceptor: ServerInterceptor;
  prepare(http2: Http2Server): void;
  /** Bytes that compressed messages have grown by, and that are held. */
  readonly inflatedBytes: number;
}

/**
 * Bounds messages before they are decoded: how long those of each method may be, and how far all that are compressed may grow,
 * of one connection and of all. Where grpc-js is another than the one that this was written for, compressed messages are declined.
 */
export function boundMessages(
  config: Pick<ServerConfig, 'maxMessageBytes' | 'queueBytes' | 'streamImages' | 'maxTexts' | 'maxClips'>,
  rules: ReadonlyMap<string, RequestRule>,
): MessageBounds {
  const all = new Shares<InflatedBytes>({ capacity: MOST_OF_ALL * config.maxMessageBytes });
  const pools = new WeakMap<Http2Session, InflatedBytes>();
  const poolOf = (session: Http2Session | undefined) => {
    const pool =
      (session && pools.get(session)) ?? new InflatedBytes(MOST_OF_CONNECTION * config.maxMessageBytes, all);
    if (session) pools.set(session, pool);
    return pool;
  };
  let declines = false;
  return {
    interceptor: ({ path, requestStream }, base) => {
      // One that wrapped it would be passed by every message.
      const call = base as ServerInterceptingCall & Internals;
      if (!hasInternals(call)) {
        declines = true;
        return call;
      }
      const hasContent = rules.get(path)?.hasContent ?? false;
      const mostBytes = hasContent
        ? config.maxMessageBytes
        : Math.min(config.maxMessageBytes, MOST_WITHOUT_CONTENT);
      const mostHeld = requestStream ? READ_AHEAD + mostInWork(path, config) : Infinity;
      call.decoder.maxReadMessageLength =
        hasContent && path.startsWith(FLIGHT) ? mostBatchBytes(config) : mostBytes;
      const inflater = new MessageInflater(poolOf(call.stream.session), { mostBytes, mostHeld });
      call.decompressMessage = (message, encoding) =>
        inflater.message(message.subarray(PREFIX_BYTES), encoding);
      const startRead = call.startRead.bind(call);
      call.startRead = () => {
        inflater.read();
        startRead();
      };
      // A client may leave its half of a call open that has been answered.
      const sendStatus = call.sendStatus.bind(call);
      call.sendStatus = (status) => {
        inflater.end();
        sendStatus(status);
      };
      call.stream.once('close', () => inflater.end());
      return call;
    },
    prepare: (http2) => {
      http2.prependListener('stream', (_stream, headers) => {
        if (declines) decline(headers);
      });
    },
    get inflatedBytes() {
      return all.taken;
    },
  };
}

/** Longest message of Arrow Flight, where a batch of a table is one; what is compressed may be no longer than of other methods. */
function mostBatchBytes({
  maxMessageBytes,
  queueBytes,
}: Pick<ServerConfig, 'maxMessageBytes' | 'queueBytes'>): number {
  return Math.max(maxMessageBytes, Math.floor(queueBytes * PART_OF_BATCH));
}

/** Messages of a stream that its handler holds while it reads on: batches of images, or requests, until they are answered. */
function mostInWork(
  path: string,
  limits: Pick<ServerConfig, 'streamImages' | 'maxTexts' | 'maxClips'>,
): number {
  const { streamImages, maxTexts, maxClips } = limits;
  // Each holds one row at least.
  if (path.startsWith(FLIGHT)) return Math.max(streamImages, maxTexts, maxClips);
  if (path === '/triptych.v1.ImageEncoder/EncodeStream') return streamImages;
  return path === '/inference.GRPCInferenceService/ModelStreamInfer' ? streamImages + MOST_LIVE_REQUESTS : 0;
}

function hasInternals({ stream, decoder, decompressMessage }: Partial<Internals>): boolean {
  return (
    typeof stream?.once === 'function' &&
    typeof decoder?.maxReadMessageLength === 'number' &&
    typeof decompressMessage === 'function'
  );
}

/** Has grpc-js answer that it does not know the compression. */
function decline(headers: IncomingHttpHeaders): void {
  const encoding = headers['grpc-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    headers['grpc-encoding'] = `${String(encoding)} (declined)`;
}
