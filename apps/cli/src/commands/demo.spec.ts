import { describe, expect, it } from 'vitest';
import { runCli } from '../testing/run-cli.js';

interface Seen {
  readonly dimensions: number;
  readonly norm: number;
}

interface Document {
  readonly samples: {
    readonly name: string;
    readonly windows: (Seen & { readonly lagMs: number })[];
    readonly nearest: { readonly name: string }[];
  }[];
  readonly pictures: Seen[];
  readonly words: Seen[];
  readonly findings: {
    readonly query: string;
    readonly as: string;
    readonly found: { readonly name: string }[];
  }[];
}

describe('triptych demo --json', () => {
  it('hears, sees and reads each sample, and finds in one modality what is meant in another', async () => {
    const { code, stdout } = await runCli(['demo', '--json']);
    expect(code).toBe(0);
    const { samples, pictures, words, findings } = JSON.parse(stdout.toString()) as Document;
    expect([samples.length, pictures.length, words.length, findings.length]).toEqual([24, 12, 12, 36]);
    for (const { name, windows, nearest } of samples) {
      expect(nearest[0].name.slice(0, -2)).toBe(name.slice(0, -2));
      expect(windows.length).toBeGreaterThan(0);
      for (const { lagMs } of windows) expect(lagMs).toBeGreaterThan(0);
    }
    for (const { norm, dimensions } of [...pictures, ...words, ...samples.flatMap(({ windows }) => windows)])
      expect([Math.round(norm * 1e5) / 1e5, dimensions]).toEqual([1, 128]);
    for (const { query, as, found } of findings) {
      const meant =
        as === 'spoken' ? query.slice(0, -2) : query.replace('a picture of ', '').replaceAll(' ', '-');
      expect(found[0].name).toBe(meant);
    }
  });
});
