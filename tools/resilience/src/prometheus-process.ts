import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './served-process.js';

const SCRAPE = '1s';

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Prometheus with the configuration and the rules in deploy/, but for the servers that it scrapes and how often. */
export class PrometheusProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  static async start(folder: string, port: number, target: string): Promise<PrometheusProcess> {
    const config = await readFile(join(root, 'deploy/prometheus/prometheus.yaml'), 'utf8');
    const own = config
      .replace(/scrape_interval: \w+/, `scrape_interval: ${SCRAPE}\n  evaluation_interval: ${SCRAPE}`)
      .replace('[alerts.yaml]', `[${join(root, 'deploy/prometheus/alerts.yaml')}]`)
      .replace(/targets: \[.*\]/, `targets: ['${target}']`);
    const path = join(folder, 'prometheus.yaml');
    await writeFile(path, own);
    const flags = [
      `--config.file=${path}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ];
    const child = spawn('prometheus', flags, { stdio: ['ignore', 'ignore', 'inherit'] });
    const prometheus = new PrometheusProcess(child, `http://127.0.0.1:${port}`);
    await prometheus.#ready();
    return prometheus;
  }

  /** Evaluates an expression now. Throws where Prometheus refuses it. */
  async query(expression: string): Promise<Series[]> {
    const data = await this.#get<{ result: { metric: Series['metric']; value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expression)}`,
    );
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** Alert rules, with how their last evaluation went: `ok`, `err` or `unknown`. */
  async rules(): Promise<{ readonly name: string; readonly health: string; readonly state: string }[]> {
    const { groups } = await this.#get<{
      groups: { rules: { name: string; health: string; state: string }[] }[];
    }>('rules');
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await exited;
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const { status, data, error } = (await response.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new TypeError(`${path}: ${error}`);
    return data;
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const isReady = await fetch(`${this.url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
      await sleep(100);
    }
    throw new TypeError('Prometheus does not start');
  }
}
