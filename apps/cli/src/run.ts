import { listenForStop, orStop } from './process/stop-requests.js';

// The installed program. It neither installs nor compiles: `npm run triptych` does so in a clone, and then comes here.
if (process.argv[2] === 'serve') {
  // What asks a server to stop may come while its program is still being loaded.
  const stop = listenForStop();
  const { main } = await orStop(import('./main.js'), stop.first);
  process.exitCode = await main(process.argv, stop);
} else {
  const { main } = await import('./main.js');
  process.exitCode = await main(process.argv);
}
