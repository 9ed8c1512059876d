import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Engine, EngineCall, HeldBytes } from '@triptych/engine';
import type { ModelControl } from '../models/model-control.js';
import { holdUnread, readMessage } from './messages/unread-message.js';
import { serverRequestRules } from './messages/request-rules.js';
import type { CallObservers } from './observe-call.js';
import { type HandlerKinds, services } from './services.js';

/** A stream of messages both ways, as a handler takes it. */
export type WireStream = ServerDuplexStream<unknown, unknown>;

/** A method of `triptych.v1` for doors that are not gRPC's: its messages are bytes there, too. */
export interface WireMethod {
  /** `/SERVICE/METHOD` */
  readonly path: string;
  readonly isStream: boolean;
  /** A message whose bytes are checked and read once a handler takes it; until then `hold` has them counted. */
  readonly receive: (bytes: Buffer, hold: (bytes: number) => HeldBytes) => unknown;
  /** Counts what a message holds before it is read. Throws MESSAGE_MALFORMED or BATCH_TOO_LARGE. */
  readonly check: (bytes: Uint8Array) => void;
  /** Answers one message, whose bytes are checked first. Throws MESSAGE_MALFORMED, BATCH_TOO_LARGE and all that the engine throws. */
  readonly answer: (message: unknown, call: EngineCall) => Promise<Buffer>;
  /** Runs a stream. */
  readonly run: (stream: WireStream, call: EngineCall) => Promise<void>;
  readonly write: (message: unknown) => Buffer;
}

type Handle = (input: unknown, call: EngineCall) => unknown;

/** The methods by their paths. */
export function wireMethods(
  engine: Engine,
  control: ModelControl,
  observers: CallObservers,
): ReadonlyMap<string, WireMethod> {
  // Handlers as the functions that they are made of.
  const plain = (_observers: CallObservers, handle: unknown) => handle;
  const kinds = { unary: plain, duplex: plain } as unknown as HandlerKinds;
  const rules = serverRequestRules(engine.limits);
  const offered = services(engine, control, observers, rules, kinds);
  const methods = offered.flatMap(({ definition, handlers }) =>
    Object.entries(definition).map(([name, method]): WireMethod => {
      const handle = handlers[name] as unknown as Handle;
      const write = (message: unknown) => method.responseSerialize(message);
      return {
        path: method.path,
        isStream: method.requestStream,
        check: (bytes) => rules.get(method.path)?.shape.check(bytes),
        receive: (bytes, hold) => {
          const message = method.requestDeserialize(bytes) as unknown;
          holdUnread(message, hold);
          return message;
        },
        answer: async (message, call) => write(await handle(readMessage(message), call)),
        run: async (stream, call) => void (await handle(stream, call)),
        write,
      };
    }),
  );
  return new Map(methods.map((method) => [method.path, method]));
}
