import type {
  sendUnaryData,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { service as published } from 'grpc-health-check';
import { ADDRESS_RATIO, Shares } from '@triptych/engine';
import { remoteAddress } from '../../calls/connection.js';
import { toStatus } from '../status.js';
import { Watch } from './watch.js';

export type ServingStatus = 'SERVING' | 'NOT_SERVING';

/** A name that a client asked for; undefined: it is too long to be one. */
interface Asked {
  readonly service: string | undefined;
}
interface Answer {
  readonly status: ServingStatus | 'SERVICE_UNKNOWN';
}
type WatchCall = ServerWritableStream<Asked, Answer>;

/** Watches that all may have open together. */
const MOST_WATCHES = 4096;
/** Watches that a connection, or an address, may have open wherever there is room: a client has one for each service that it calls. */
const FEW_WATCHES = 32;
/** Longer names than that of any model or service are not kept for as long as a watch is open. */
const LONGEST_NAME_BYTES = 256;
/** What grpc-js calls a peer without an address: whoever comes over a Unix socket. */
const NO_ADDRESS = 'unknown';

/**
 * `grpc.health.v1.Health`. A watch of a name that is not served is told once it is: models come and go. It keeps the name, if it can be one,
 * and nothing does when it has ended. Watches are bounded, so that who may call nothing else cannot fill the server with them.
 */
export class HealthService {
  readonly definition: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
  readonly #statuses: Map<string, ServingStatus>;
  readonly #watches = new Map<
    WatchCall,
    { readonly service: string | undefined; readonly watch: Watch<Answer['status']> }
  >();
  readonly #ofPeer: Shares<string>;
  readonly #ofAddress: Shares<string>;
  #ended = false;

  constructor(
    names: readonly string[],
    private readonly most = MOST_WATCHES,
  ) {
    // A proxy brings the watches of many clients over one connection: it may have half of all.
    this.#ofPeer = new Shares({ capacity: most, floor: FEW_WATCHES });
    this.#ofAddress = new Shares({ capacity: most, floor: FEW_WATCHES, ratio: ADDRESS_RATIO });
    this.#statuses = new Map(names.map((name) => [name, 'NOT_SERVING']));
    this.definition = Object.fromEntries(
      Object.entries(published).map(([name, method]) => {
        const requestDeserialize = (bytes: Buffer): Asked => {
          const { service = '' } = method.requestDeserialize(bytes) as { service?: string };
          return { service: Buffer.byteLength(service) > LONGEST_NAME_BYTES ? undefined : service };
        };
        return [name, { ...method, requestDeserialize }];
      }),
    );
    this.handlers = {
      check: (call: ServerUnaryCall<Asked, Answer>, done: sendUnaryData<Answer>) => this.#check(call, done),
      watch: (call: WatchCall) => this.#watch(call),
      list: (_call: unknown, done: sendUnaryData<object>) => done(null, this.#list()),
    };
  }

  /** Number of watches that are open. */
  get watches(): number {
    return this.#watches.size;
  }

  /** Tells those who watch it. */
  set(service: string, status: ServingStatus): void {
    if (this.#statuses.get(service) === status) return;
    this.#statuses.set(service, status);
    for (const entry of this.#watches.values()) if (entry.service === service) entry.watch.tell(status);
  }

  /** A name is served no more; those who watch it are told. */
  remove(service: string): void {
    this.#statuses.delete(service);
    for (const entry of this.#watches.values())
      if (entry.service === service) entry.watch.tell('SERVICE_UNKNOWN');
  }

  /** Ends every watch, and those that are yet to come: a server that shuts down does not wait for them. */
  end(): void {
    this.#ended = true;
    for (const call of this.#watches.keys()) endWatch(call);
  }

  #check({ request: { service } }: ServerUnaryCall<Asked, Answer>, done: sendUnaryData<Answer>): void {
    const status = service === undefined ? undefined : this.#statuses.get(service);
    if (status) done(null, { status });
    else
      done(
        toStatus(
          new TriptychError(
            'SERVICE_UNKNOWN',
            'no service of this name is served; List names those that are',
          ),
        ),
      );
  }

  #list(): object {
    return { statuses: Object.fromEntries([...this.#statuses].map(([name, status]) => [name, { status }])) };
  }

  #watch(call: WatchCall): void {
    // A cancelled call emits errors of its own; there is nobody left to tell.
    call.on('error', () => undefined);
    const peer = call.getPeer();
    const address = remoteAddress(peer === NO_ADDRESS ? undefined : peer.replace(/:\d+$/, ''));
    if (!this.#ofPeer.fits(peer, 1) || (address !== undefined && !this.#ofAddress.fits(address, 1))) {
      const message =
        `${this.#ofPeer.held(peer)} watches are open on this connection, ${this.#watches.size} on all; at most ${this.most} ` +
        'may be, and of one caller no more than stay free for others';
      call.emit('error', toStatus(new TriptychError('OVERLOADED', message)));
      return;
    }
    const { service } = call.request;
    const watch = new Watch<Answer['status']>((status) => call.write({ status }));
    call.on('drain', () => watch.drained());
    const leave = [this.#ofPeer.take(peer, 1)];
    if (address !== undefined) leave.push(this.#ofAddress.take(address, 1));
    call.once('cancelled', () => {
      this.#watches.delete(call);
      for (const one of leave) one();
    });
    this.#watches.set(call, { service, watch });
    watch.tell((service !== undefined && this.#statuses.get(service)) || 'SERVICE_UNKNOWN');
    if (this.#ended) endWatch(call);
  }
}

function endWatch(call: WatchCall): void {
  call.emit('error', toStatus(new TriptychError('DRAINING', 'the server is shutting down; watch another')));
}
