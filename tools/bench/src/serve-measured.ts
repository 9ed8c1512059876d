import { monitorEventLoopDelay } from 'node:perf_hooks';

// A server that measures itself and tells its parent when asked. See ServerProcess. It begins as `triptych serve` does.
const begins = new URL('../../../apps/cli/bin/limit-heaps.js', import.meta.url).href;
const { limitHeaps } = (await import(begins)) as { limitHeaps: () => void };
limitHeaps();
const { createLogger, readConfig, startServer } = await import('@triptych/server');
const flags = {
  models: process.argv.slice(2),
  listen: '127.0.0.1:0',
  logLevel: 'error',
};
// Other settings by their variables: TRIPTYCH_HTTP=127.0.0.1:0, say.
const config = readConfig(flags, process.env);
const server = await startServer(config, createLogger(config.logLevel));
// Watching costs a timer every 5 ms: what is not about the event loop is measured without.
const delay = monitorEventLoopDelay({ resolution: 5 });
let cpu = process.cpuUsage();
let since = performance.now();

process.on('message', (what) => {
  if (what === 'stop') {
    void server.drain().then(() => process.disconnect());
    return;
  }
  const { user, system } = process.cpuUsage(cpu);
  process.send?.({
    loadMs: server.models.models[0].loadMs,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
    loopDelayMaxMs: delay.max / 1e6,
    cpuMs: (user + system) / 1000,
    elapsedMs: performance.now() - since,
  });
  delay.reset();
  if (what === 'report and watch') delay.enable();
  else delay.disable();
  cpu = process.cpuUsage();
  since = performance.now();
});
// Whoever measured has ended, with an error perhaps.
process.once('disconnect', () => void server.drain());
process.send?.({ address: server.address, httpAddress: server.httpAddress });
