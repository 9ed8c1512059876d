import { type AddressInfo, createServer } from 'node:net';

/** Metrics hold this, since they were asked for last. */
const LONGEST = /^nodejs_eventloop_lag_max_seconds (\S+)$/m;

/** How long a server's event loop stands still, by its own metrics. */
export class EventLoopWatch {
  private constructor(private readonly port: number) {}

  static async make(): Promise<EventLoopWatch> {
    return new EventLoopWatch(await freePort());
  }

  /** What the server is started with. */
  get flags(): readonly string[] {
    return ['--metrics-listen', `127.0.0.1:${this.port}`];
  }

  /** The longest time since this was asked last, in milliseconds; 10 ms of it are the clock's. Rejects where the server does not say. */
  async longestMs(): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    const found = LONGEST.exec(text)?.[1];
    if (found === undefined) throw new TypeError('the metrics tell nothing of the event loop');
    return 1000 * Number(found);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
