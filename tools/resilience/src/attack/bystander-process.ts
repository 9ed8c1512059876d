import { setTimeout as sleep } from 'node:timers/promises';
import { AudioContext, AudioEncoding, CallError, TriptychClient } from '@triptych/client';
import { RATE, speech } from '../speech.js';
import { asks, type BystanderKind } from './bystander-kinds.js';

// Clients that do nothing wrong: `bystander-process.js ADDRESS KIND,… [TOKEN]`. See Bystanders.
const [address, kinds, token] = process.argv.slice(2);

/** A person's pace: what one client asks for does not fill a server. */
const PAUSE_MS = 150;
const CHUNK_MS = 100;
const CHUNK_BYTES = (RATE * 2 * CHUNK_MS) / 1000;

interface Met {
  latencies: number[];
  failures: Record<string, number>;
  /** When the calls started that are open. */
  open: Set<number>;
}

const records = new Map<BystanderKind, Met>();
const connect = () => new TriptychClient(address, { ownConnections: true, ...(token ? { token } : {}) });

function recordOf(kind: BystanderKind): Met {
  const record = records.get(kind) ?? { latencies: [], failures: {}, open: new Set() };
  records.set(kind, record);
  return record;
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof CallError ? (thrown.details?.reason ?? `status ${thrown.code}`) : String(thrown);
}

function failed(record: Met, reason: string): void {
  record.failures[reason] = (record.failures[reason] ?? 0) + 1;
}

async function call(kind: BystanderKind): Promise<void> {
  const client = connect();
  const record = recordOf(kind);
  for (;;) {
    const started = performance.now();
    record.open.add(started);
    try {
      const error = await asks[kind]?.(client);
      if (error) failed(record, error.reason);
      else record.latencies.push(performance.now() - started);
    } catch (thrown) {
      failed(record, reasonOf(thrown));
    }
    record.open.delete(started);
    await sleep(PAUSE_MS);
  }
}

/** One stream without an end; where it ends all the same, another. */
async function stream(kind: BystanderKind): Promise<void> {
  const client = connect();
  const record = recordOf(kind);
  for (;;) {
    try {
      await oneStream(client, record, kind === 'container-stream');
    } catch (thrown) {
      failed(record, reasonOf(thrown));
      failed(record, 'STREAM_ENDED');
    }
    await sleep(PAUSE_MS);
  }
}

async function oneStream(client: TriptychClient, record: Met, isContainer: boolean): Promise<void> {
  const live = client.streamAudio();
  const format = isContainer
    ? { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER }
    : { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE };
  live.configure({ format, windowMs: 500, context: AudioContext.AUDIO_CONTEXT_TRIMMED });
  const audio = speech();
  const sentAt = new Map<number, number>();
  const sending = (async () => {
    const started = performance.now();
    if (isContainer) await live.send(endlessWavHeader());
    let sequence = isContainer ? 1 : 0;
    for (let i = 0; ; i++) {
      await sleep(Math.max(0, started + i * CHUNK_MS - performance.now()));
      const at = (i * CHUNK_BYTES) % (audio.length - CHUNK_BYTES);
      sentAt.set(sequence++, performance.now());
      await live.send(audio.subarray(at, at + CHUNK_BYTES));
    }
  })();
  const reading = (async () => {
    for await (const { window } of live) {
      if (!window) continue;
      const last = Number(window.lastSequence);
      const sent = sentAt.get(last);
      if (window.error) failed(record, window.error.reason);
      else if (sent !== undefined) record.latencies.push(performance.now() - sent);
      for (const sequence of sentAt.keys()) if (sequence <= last) sentAt.delete(sequence);
    }
    throw new TypeError('the stream ended');
  })();
  await Promise.all([sending, reading]);
}

/** A WAV of 16-bit mono whose writer could not know its length. */
function endlessWavHeader(): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF\xff\xff\xff\xffWAVEfmt ', 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(2 * RATE, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data\xff\xff\xff\xff', 36, 'latin1');
  return header;
}

async function measure(seconds: number): Promise<void> {
  for (const record of records.values()) Object.assign(record, { latencies: [], failures: {} });
  await sleep(1000 * seconds);
  const now = performance.now();
  const measured = [...records].map(([kind, { latencies, failures, open }]) => {
    // A call that hangs has no latency yet, and is the worst of all.
    const hanging = [...open].map((started) => now - started).filter((ms) => ms > 300);
    return [kind, { latencies: [...latencies, ...hanging], failures }];
  });
  process.send?.(Object.fromEntries(measured));
}

for (const kind of kinds.split(',') as BystanderKind[]) void (asks[kind] ? call(kind) : stream(kind));
process.on('message', ({ seconds }: { seconds: number }) => void measure(seconds));
process.on('disconnect', () => process.exit());
process.send?.('ready');
