import type { ServiceDefinition } from '@grpc/grpc-js';
import { messageOf, TriptychError } from '@triptych/core';
import type { RequestRule } from '@triptych/protocol';
import type { HeldBytes } from '@triptych/engine';

/** A message as it came: bytes, which are checked and decoded when a handler takes it. */
class UnreadMessage {
  /** Its bytes as they are counted. */
  held: HeldBytes | undefined;
  /** Told once its handler has taken it. */
  taken: (() => void) | undefined;

  constructor(
    private bytes: Buffer | undefined,
    private readonly rule: RequestRule,
    private readonly decode: (bytes: Buffer) => unknown,
  ) {}

  get length(): number {
    return this.bytes?.length ?? 0;
  }

  read(): unknown {
    const { bytes } = this;
    if (!bytes) throw new TriptychError('INTERNAL', 'a message was read twice');
    this.bytes = undefined;
    this.taken?.();
    this.rule.shape.check(bytes);
    try {
      return this.decode(bytes);
    } catch (cause) {
      const message = `the message cannot be decoded (${messageOf(cause)})`;
      throw new TriptychError('MESSAGE_MALFORMED', message, { cause });
    }
  }
}

/**
 * The same service, but messages reach its handlers unread: a stream's messages wait as bytes, of which no objects are made
 * before they are counted, and what is no message is refused with a reason where gRPC itself says INTERNAL and nothing more.
 */
export function leaveUnread(
  service: ServiceDefinition,
  rules: ReadonlyMap<string, RequestRule>,
): ServiceDefinition {
  const methods = Object.entries(service).map(([name, method]) => {
    const rule = rules.get(method.path);
    if (!rule) throw new TriptychError('INTERNAL', `${method.path} has no rule for its requests`);
    const decode = (bytes: Buffer): unknown => method.requestDeserialize(bytes);
    const requestDeserialize = (bytes: Buffer) => new UnreadMessage(bytes, rule, decode);
    return [name, { ...method, requestDeserialize }] as const;
  });
  return Object.fromEntries(methods);
}

/** Has the bytes of a message counted until it is read, or for longer where its reader takes them over. */
export function holdUnread(message: unknown, hold: (bytes: number) => HeldBytes): void {
  if (message instanceof UnreadMessage) message.held = hold(message.length);
}

/** Hears when a handler has taken a message. */
export function whenRead(message: unknown, listener: () => void): void {
  if (message instanceof UnreadMessage) message.taken = listener;
}

/** Bytes of a message that was not read yet. */
export function unreadBytes(message: unknown): number {
  return message instanceof UnreadMessage ? message.length : 0;
}

/** A message, decoded. Throws BATCH_TOO_LARGE or MESSAGE_MALFORMED. */
export function readMessage<T>(message: T): T {
  if (!(message instanceof UnreadMessage)) return message;
  message.held?.leave();
  return message.read() as T;
}

/** As `readMessage`, but its bytes stay counted until `leave` is called. */
export function takeMessage<T>(message: T): { readonly message: T; readonly leave: () => void } {
  if (!(message instanceof UnreadMessage)) return { message, leave: () => undefined };
  const read = message.read() as T;
  return { message: read, leave: message.held?.keep() ?? (() => undefined) };
}
