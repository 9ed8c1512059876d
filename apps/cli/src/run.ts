import { needsRelaunch, relaunch } from './process/relaunch.js';

// The installed program. It neither installs nor compiles: `npm run triptych` does so in a clone, and then comes here.
if (process.argv[2] === 'serve' && needsRelaunch()) {
  process.exitCode = await relaunch();
} else {
  const { main } = await import('./main.js');
  process.exitCode = await main(process.argv);
}
