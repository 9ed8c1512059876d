// The command in a clone: `npm run triptych -- ARGUMENTS` builds what is not built yet, then does what the installed program does.
import { ensureReady } from './ensure-ready.mjs';

ensureReady();
await import('../../apps/cli/bin/triptych.js');
