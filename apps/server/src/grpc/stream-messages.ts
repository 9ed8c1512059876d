import { TriptychError } from '@triptych/core';

interface StreamMessage<Config> {
  readonly message?: string;
  readonly config?: Config | null;
}

/** The config that a stream starts with; undefined where the client ended it without a message. Throws STREAM_NO_CONFIG. */
export async function readStreamConfig<Config>(
  incoming: AsyncIterator<StreamMessage<Config>>,
): Promise<Config | undefined> {
  const first = await incoming.next();
  if (first.done) return undefined;
  const { config } = first.value;
  if (config) return config;
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
