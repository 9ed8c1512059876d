import type { ChannelCredentials } from '@grpc/grpc-js';

export interface ClientOptions {
  /** Default: a connection without TLS. */
  readonly credentials?: ChannelCredentials;
  /** Bearer token of every call. */
  readonly token?: string;
  /** Metadata of each call, such as its `traceparent` or `x-request-id`. */
  readonly metadata?: () => Readonly<Record<string, string>>;
  /**
   * Connections of its own. Default: those that all clients of this process share which go to the same address; a server
   * limits the streams of each.
   */
  readonly ownConnections?: boolean;
  /**
   * How calls and streams are spread over the addresses that the name resolves to, each call by itself. Default:
   * `pick_first`, one of them for all, as behind a proxy.
   */
  readonly loadBalancing?: 'pick_first' | 'round_robin';
  /** Longest that one unary call may take. Default: 60 s. */
  readonly timeoutMs?: number;
  /** Largest message that is received, in bytes. Default: 256 MiB. */
  readonly maxMessageBytes?: number;
}
