import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { boundThreads } from './bound-threads.js';

/** A thread that makes objects which stay, until V8 looks for old ones that do not. */
const growing = `
  const { parentPort } = require('node:worker_threads');
  const { constants, PerformanceObserver } = require('node:perf_hooks');
  const { getHeapStatistics } = require('node:v8');
  const old = [constants.NODE_PERFORMANCE_GC_MAJOR, constants.NODE_PERFORMANCE_GC_INCREMENTAL];
  let isOver = false;
  const kept = [];
  new PerformanceObserver((list) => {
    isOver ||= list.getEntries().some(({ detail }) => old.includes(detail.kind));
  }).observe({ entryTypes: ['gc'] });
  const grow = () => {
    for (let i = 0; i < 2000; i++) kept.push(new Array(50).fill(kept.length));
    if (isOver || kept.length > 1_000_000) parentPort.postMessage(getHeapStatistics().used_heap_size);
    else setImmediate(grow);
  };
  grow();
`;

function bytesAtFirstCollection(heapMb: number): Promise<number> {
  boundThreads(heapMb);
  const worker = new Worker(growing, { eval: true });
  return new Promise((resolve, reject) => {
    worker.once('message', (bytes: number) => {
      resolve(bytes);
      void worker.terminate();
    });
    worker.once('error', reject);
  });
}

describe('threads that begin with a heap of some size', () => {
  it('collect old objects once it is full, the smaller one earlier', async () => {
    const large = await bytesAtFirstCollection(64);
    const small = await bytesAtFirstCollection(16);
    expect(small).toBeLessThan(large / 2);
    // 0 leaves what was set.
    expect(await bytesAtFirstCollection(0)).toBeLessThan(large / 2);
  });
});
