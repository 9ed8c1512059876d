import type { ServerDuplexStream } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { messages } from './call.js';

interface StreamMessage<Config> {
  readonly message?: string;
  readonly config?: Config | null;
}

/** A stream by its messages. */
export interface ConfiguredStream<Config, Part> {
  /** Undefined where the client ended it without a message. */
  readonly config: Config | undefined;
  /** What follows; the client is read no faster than they are taken. */
  readonly parts: AsyncIterable<Part>;
}

/**
 * Reads the config that a stream starts with. `read` reads its messages, and `part` takes from those after the config what they are
 * for. Throws STREAM_NO_CONFIG.
 */
export async function readStream<Message extends StreamMessage<unknown>, Part>(
  call: ServerDuplexStream<Message, never>,
  signal: AbortSignal,
  read: (unread: Message) => Message,
  part: (message: Message) => Part,
): Promise<ConfiguredStream<NonNullable<Message['config']>, Part>> {
  let isConfigured = false;
  const incoming = messages(call, signal, (unread) => {
    const message = read(unread);
    return isConfigured ? part(message) : message;
  });
  const first = (await incoming.next()) as IteratorResult<Message, void>;
  isConfigured = true;
  const parts = incoming as AsyncGenerator<Part>;
  if (first.done) return { config: undefined, parts };
  const { config } = first.value;
  if (config) return { config, parts };
  throw new TriptychError('STREAM_NO_CONFIG', 'the first message must be a config; found none', {
    field: 'config',
  });
}

/** What a later message of a stream holds. Throws STREAM_SECOND_CONFIG or STREAM_EMPTY_MESSAGE. */
export function checkPart<Message extends { readonly message?: string }, Name extends keyof Message & string>(
  message: Message,
  name: Name,
): NonNullable<Message[Name]> {
  if (message.message === 'config') {
    throw new TriptychError(
      'STREAM_SECOND_CONFIG',
      'a second config came; a stream has one, its first message',
      { field: 'config' },
    );
  }
  const part = message[name];
  if (part) return part;
  throw new TriptychError(
    'STREAM_EMPTY_MESSAGE',
    `a message holds neither config nor ${name}; expected a ${name}`,
    { field: name },
  );
}
