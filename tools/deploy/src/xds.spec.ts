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

describe('the client behind a control plane', () => {
  it('finds the replicas by xDS, and spreads its calls over them', async () => {
    const client = new TriptychClient('xds:///triptych');
    for (let i = 0; i < CALLS; i++) await client.listModels();
    client.close();
    const counts = await Promise.all(
      replicas.map(async ({ metricsAddress }) => {
        const text = await (await fetch(`http://${metricsAddress}/metrics`)).text();
        return Number(/calls_total\{method="[^"]*Models\/List",code="OK"\} (\d+)/.exec(text)?.[1] ?? 0);
      }),
    );
    expect(counts[0] + counts[1]).toBe(CALLS);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });
});
