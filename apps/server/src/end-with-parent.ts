import { constants } from 'node:os';

/** Of Linux's `prctl`: the signal that this process gets when its parent has ended. */
const PR_SET_PDEATHSIG = 1;

// Loaded by each worker's process before its own module. A server that is killed tells it by closing their channel, which a process
// does not hear that is in native code, or in a pattern that never ends: it would take a core for as long as it runs.
if (process.platform === 'linux') {
  try {
    const { default: koffi } = await import('koffi');
    const prctl = koffi.load(null).func('int prctl(int option, unsigned long argument)');
    prctl(PR_SET_PDEATHSIG, constants.signals.SIGKILL);
  } catch {
    // Without the library the channel alone tells.
  }
}
