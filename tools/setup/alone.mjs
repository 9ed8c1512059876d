// One process at a time: a folder that holds the id of the process that made it.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const AGAIN_MS = 200;
/** Longest from the folder to the id in it. */
const NAMELESS_MS = 10_000;

/** Calls `work` while this process holds `folder`; waits while another one does, and takes over what a dead one left. */
export function alone(folder, work) {
  for (let waited = false; !take(folder); waited = true) {
    const holder = holderOf(folder);
    if (isGone(holder, folder)) takeOver(folder, holder);
    else {
      if (!waited)
        process.stderr.write(
          `triptych: process ${holder ?? ''} installs or builds here, waiting for it (if it does not: rm -r ${folder}) …\n`,
        );
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_MS);
    }
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  // A step that fails ends the process.
  process.once('exit', release);
  work();
  process.off('exit', release);
  release();
}

function take(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(folder, 'pid'), String(process.pid));
  return true;
}

function holderOf(folder) {
  try {
    return Number(readFileSync(join(folder, 'pid'), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isGone(holder, folder) {
  try {
    if (holder === undefined) return Date.now() - statSync(folder).mtimeMs > NAMELESS_MS;
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Of several that find a dead one's folder, one moves it away; who moved a living one's instead puts it back. */
function takeOver(folder, holder) {
  const away = `${folder}-${process.pid}`;
  try {
    renameSync(folder, away);
    if (holderOf(away) === holder) rmSync(away, { recursive: true });
    else renameSync(away, folder);
  } catch (error) {
    if (!['ENOENT', 'EEXIST', 'ENOTEMPTY'].includes(error.code)) throw error;
  }
}
