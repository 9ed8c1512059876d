import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../served-process.js';

/** Where the configurations in deploy/ listen; replicas come after it. */
export const PROXY_PORT = 50_050;

/** Starts a real proxy with its configuration in deploy/, and waits until it listens. */
export async function startProxy(name: string, folder: string): Promise<ChildProcess> {
  const proxy = name === 'haproxy' ? startHaproxy() : await startNginx(folder);
  await listening(PROXY_PORT);
  return proxy;
}

function startHaproxy(): ChildProcess {
  return spawn('haproxy', ['-db', '-f', join(root, 'deploy/haproxy/haproxy.cfg')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function startNginx(folder: string): Promise<ChildProcess> {
  const site = await readFile(join(root, 'deploy/nginx/triptych.conf'), 'utf8');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder};`,
  );
  await writeFile(
    join(folder, 'nginx.conf'),
    `pid ${folder}/pid; daemon off; error_log ${folder}/error.log; events {}\nhttp { access_log off; ${paths.join(' ')}\n${site}\n}`,
  );
  return spawn('nginx', ['-p', folder, '-e', `${folder}/error.log`, '-c', join(folder, 'nginx.conf')], {
    stdio: 'inherit',
  });
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await sleep(100);
  }
  throw new TypeError(`nobody listens on port ${port}`);
}
