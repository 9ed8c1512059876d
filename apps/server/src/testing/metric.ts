import type { TestServer } from './harness.js';

/** The sum of a metric's values, whatever their labels, or of those with the labels that its name brings; 0 where there are none. */
export async function metric({ server }: TestServer, name: string): Promise<number> {
  const text = await (await fetch(`http://${server.metricsAddress}/metrics`)).text();
  const found = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))];
  return found.reduce((sum, [, value]) => sum + Number(value), 0);
}
