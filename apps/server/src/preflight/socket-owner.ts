import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

const LISTENING = '0A';

/**
 * Who holds a TCP port or a Unix socket, as in `process 4711 (node triptych.js)`; undefined where /proc does not tell: there
 * is none, or the process is another user's.
 */
export async function portOwner(host: string, port: number): Promise<string | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(rowsOf));
  const holders = tables
    .flat()
    .map(([, local = '', , state, , , , , , inode = '']) => ({ ...decode(local), state, inode }))
    .filter((row) => row.port === port && overlaps(row.host, host))
    // A connection that goes out from this port holds it, too.
    .sort((a, b) => Number(b.state === LISTENING) - Number(a.state === LISTENING));
  return ownerOf(holders.map(({ inode }) => inode));
}

export async function unixSocketOwner(path: string): Promise<string | undefined> {
  const rows = await rowsOf('/proc/net/unix');
  return ownerOf(rows.filter((row) => row[7] === path).map((row) => row[6]));
}

async function rowsOf(table: string): Promise<string[][]> {
  const text = await readFile(table, 'utf8').catch(() => '');
  const lines = text.split('\n').slice(1);
  return lines.filter((line) => line.trim() !== '').map((line) => line.trim().split(/\s+/));
}

/** `0100007F:C383`: each 32 bits of the address in the machine's byte order. */
function decode(local: string): { host: string; port: number } {
  const [address, port] = local.split(':');
  const words = address.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  const isIPv4 = bytes.length === 4 || bytes.slice(0, 12).join() === '0,0,0,0,0,0,0,0,0,0,255,255';
  const hex = Buffer.from(bytes).toString('hex');
  return { host: isIPv4 ? bytes.slice(-4).join('.') : hex, port: Number.parseInt(port, 16) };
}

function overlaps(held: string, wanted: string): boolean {
  const isAny = (host: string) => ['0.0.0.0', '::', '0'.repeat(32)].includes(host);
  // An IPv6 address has many spellings; of the same port on another one nobody listens as a rule.
  return held === wanted || isAny(held) || isAny(wanted) || (held.length === 32 && wanted.includes(':'));
}

async function ownerOf(inodes: readonly string[]): Promise<string | undefined> {
  const wanted = new Set(inodes.filter((inode) => inode !== '0').map((inode) => `socket:[${inode}]`));
  if (wanted.size === 0) return undefined;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = await Promise.all(
      descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
    );
    if (links.some((link) => wanted.has(link))) return `process ${pid}${await programOf(pid)}`;
  }
  return undefined;
}

/** The program, and the script that it runs; further arguments may be secret. */
async function programOf(pid: string): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = '', ...args] = text.split('\0');
  const script = args.find((arg) => !arg.startsWith('-') && /\.(c|m)?(js|ts|py|rb|pl|jar)$/.test(arg));
  const names = [program, ...(script === undefined ? [] : [script])].map((name) => basename(name));
  return program === '' ? '' : ` (${names.join(' ')})`;
}
