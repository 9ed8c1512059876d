import { TriptychClient } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, type TestServer } from '../testing/harness.js';

const CALLS = 20;

let replicas: TestServer[];
let addresses: string;
beforeAll(async () => {
  replicas = await Promise.all([0, 1].map(() => serveDemo({ metricsListen: '127.0.0.1:0' })));
  addresses = `ipv4:${replicas.map(({ server }) => server.address).join(',')}`;
});
afterAll(() => Promise.all(replicas.map((replica) => replica.close())));

/** Calls that each replica has answered so far. */
function answered(): Promise<number[]> {
  return Promise.all(
    replicas.map(async ({ server }) => {
      const text = await (await fetch(`http://${server.metricsAddress}/metrics`)).text();
      return Number(/calls_total\{method="[^"]*Models\/List",code="OK"\} (\d+)/.exec(text)?.[1] ?? 0);
    }),
  );
}

/** Calls that each replica got of some, the fewest first, once `isConnected` holds of the first ones. */
async function spread(
  loadBalancing: 'pick_first' | 'round_robin',
  isConnected: (counts: number[]) => boolean,
): Promise<number[]> {
  const client = new TriptychClient(addresses, { loadBalancing, ownConnections: true });
  const since = async (before: number[]) => (await answered()).map((count, i) => count - before[i]);
  const start = await answered();
  const connected = async () => {
    await client.listModels();
    return isConnected(await since(start));
  };
  await expect.poll(connected).toBe(true);
  const before = await answered();
  for (let i = 0; i < CALLS; i++) await client.listModels();
  client.close();
  return (await since(before)).sort((a, b) => a - b);
}

describe('a client of several replicas', () => {
  it('spreads its calls over all of them when told to', async () => {
    const counts = await spread('round_robin', ([one, other]) => one > 0 && other > 0);
    expect(counts).toEqual([CALLS / 2, CALLS / 2]);
  });

  it('stays with one of them otherwise', async () => {
    expect(await spread('pick_first', () => true)).toEqual([0, CALLS]);
  });

  it('goes on with the others when one ends', async () => {
    const client = new TriptychClient(addresses, { loadBalancing: 'round_robin', ownConnections: true });
    await client.listModels();
    await replicas.pop()!.close();
    for (let i = 0; i < CALLS; i++) expect(await client.listModels()).toHaveLength(1);
    client.close();
  });
});
