import { fileURLToPath } from 'node:url';
import { TriptychClient } from '@triptych/client';
import { readConfig, type RunningServer, startServer } from '@triptych/server';
import { silentLogger } from '@triptych/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startControlPlane } from './testing/control-plane.js';

const CALLS = 20;
const model = fileURLToPath(new URL('../../../models/demo/whisper', import.meta.url));

let replicas: RunningServer[];
let plane: Awaited<ReturnType<typeof startControlPlane>>;
beforeAll(async () => {
  const config = { models: [model], listen: '127.0.0.1:0', metricsListen: '127.0.0.1:0', drainMs: 0 };
  replicas = await Promise.all([0, 1].map(() => startServer(readConfig(config, {}), silentLogger)));
  plane = await startControlPlane(replicas.map(({ address }) => address));
  process.env['GRPC_XDS_BOOTSTRAP_CONFIG'] = plane.bootstrap;
  // It reads its environment as it is loaded.
  const { register } = await import('@grpc/grpc-js-xds');
  register();
});
afterAll(async () => {
  plane.close();
  await Promise.all(replicas.map((replica) => replica.drain()));
});

/** Calls that each replica has answered so far. */
function answered(): Promise<number[]> {
  return Promise.all(
    replicas.map(async ({ metricsAddress }) => {
      const text = await (await fetch(`http://${metricsAddress}/metrics`)).text();
      return Number(/calls_total\{method="[^"]*Models\/List",code="OK"\} (\d+)/.exec(text)?.[1] ?? 0);
    }),
  );
}

describe('the client behind a control plane', () => {
  it('finds the replicas by xDS, and spreads its calls over them', async () => {
    const client = new TriptychClient('xds:///triptych');
    // The first calls find one connection alone.
    await expect
      .poll(
        async () => {
          await client.listModels();
          return Math.min(...(await answered()));
        },
        { timeout: 30_000 },
      )
      .toBeGreaterThan(0);
    const before = await answered();
    for (let i = 0; i < CALLS; i++) await client.listModels();
    client.close();
    const counts = (await answered()).map((count, i) => count - before[i]);
    expect(counts).toEqual([CALLS / 2, CALLS / 2]);
  });
});
