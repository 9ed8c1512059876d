import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { credentials, TriptychClient } from '@triptych/client';
import { generate } from 'selfsigned';
import { callOnce, Load } from '../load.js';
import { ServedProcess } from '../served-process.js';
import { oneClip } from '../speech.js';
import { type Failure, problemsOf } from './failure.js';

const RELOAD_MS = 200;

/** Certificate and key are replaced while calls are in flight and new connections come. */
export const certificatesSwapped: Failure = {
  title: 'certificates swapped under load',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'triptych-certificates-'));
    const certificates = [await certificate('first'), await certificate('second')];
    const paths = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
    await install(paths, certificates[0]);
    const tls = ['--tls-cert', paths.cert, '--tls-key', paths.key, '--tls-reload-ms', String(RELOAD_MS)];
    const server = await ServedProcess.start(tls);
    // A client trusts both for a while, as it does where an authority is renewed.
    const trusted = credentials.createSsl(Buffer.from(certificates.map(({ cert }) => cert).join('\n')));
    const client = new TriptychClient(server.address, { credentials: trusted });
    const load = new Load(client, 8);
    const fresh: number[] = [];
    const connectOften = async (until: number) => {
      while (performance.now() < until) {
        const other = new TriptychClient(server.address, { credentials: trusted, ownConnections: true });
        fresh.push((await callOnce(other, oneClip())).code);
        other.close();
        await sleep(50);
      }
    };
    const connecting = connectOften(performance.now() + 4000);
    await sleep(1500);
    const before = await servedCertificate(server.address);
    await install(paths, certificates[1]);
    await connecting;
    const after = await servedCertificate(server.address);
    await load.stop();
    client.close();
    await server.stop();
    await rm(folder, { recursive: true });
    const failed = load.count(({ code }) => code !== 0) + fresh.filter((code) => code !== 0).length;
    return {
      facts: {
        'calls on the open connection': load.outcomes.length,
        'calls on new connections': fresh.length,
        'calls on the open connection failed': load.count(({ code }) => code !== 0),
        'calls on new connections failed': fresh.filter((code) => code !== 0).length,
      },
      problems: problemsOf({
        'no call fails': failed === 0,
        'new connections get the new certificate': before !== after,
      }),
    };
  },
};

async function certificate(name: string): Promise<{ cert: string; key: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  return { cert, key };
}

/** Each file is replaced at once; between the two, for longer than it takes to look at them, certificate and key do not fit. */
async function install(
  paths: { readonly cert: string; readonly key: string },
  { cert, key }: { readonly cert: string; readonly key: string },
): Promise<void> {
  for (const [path, text] of [
    [paths.key, key],
    [paths.cert, cert],
  ] as const) {
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
    await sleep(3 * RELOAD_MS);
  }
}

function servedCertificate(address: string): Promise<string> {
  const [host, port] = address.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host, port: Number(port), servername: '', ALPNProtocols: ['h2'], rejectUnauthorized: false },
      () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      },
    );
    socket.once('error', reject);
  });
}
