import { describe, expect, it } from 'vitest';
import { verdictOf } from '../demo/verdict.js';
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
  readonly transcripts: { readonly name: string; readonly text: string }[];
  readonly descriptions: { readonly name: string; readonly text: string }[];
  readonly pictures: Seen[];
  readonly words: Seen[];
  readonly findings: {
    readonly query: string;
    readonly as: string;
    readonly found: { readonly name: string }[];
  }[];
  readonly verdict: object;
}

describe('triptych demo --json', () => {
  it('hears, sees and reads each sample, and finds in one modality what is meant in another', async () => {
    const { code, stdout } = await runCli(['demo', '--json']);
    expect(code).toBe(0);
    const { samples, transcripts, descriptions, pictures, words, findings, verdict } = JSON.parse(
      stdout.toString(),
    ) as Document;
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
    const right = transcripts.filter(({ name, text }) => text.replaceAll(' ', '-') === name.slice(0, -2));
    expect(right.length).toBeGreaterThan(18);
    const named = descriptions.filter(({ name, text }) => text.replaceAll(' ', '-') === name);
    expect([descriptions.length, named.length > 8]).toEqual([12, true]);
    expect(verdict).toEqual({
      queries: { right: 36, of: 36 },
      pairs: { right: 24, of: 24 },
      transcripts: { right: right.length, of: 24 },
      captions: { right: named.length, of: 12 },
      passed: true,
    });
  });
});

describe('triptych demo', () => {
  it('says on one screen how it came out, and what to do next', async () => {
    const { code, stdout } = await runCli(['demo']);
    const lines = stdout.toString().trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(28);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout.toString()).toContain('36 of 36 queries');
    expect(stdout.toString()).toContain('24 of 24 recordings');
    expect(stdout.toString()).toMatch(/\d\d of 24 recordings are written down word for word/);
    expect(stdout.toString()).toMatch(
      /\d+ of 12 pictures, of a style that no model was trained on, are described/,
    );
    expect(stdout.toString()).toMatch(/The demo passed\.\n\nNext:\n {2}npx triptych demo --verbose/);
    expect(code).toBe(0);
  });
});

describe('the verdict', () => {
  const finding = (query: string, as: 'written' | 'spoken', name: string) => ({
    query,
    as,
    found: [{ name, cosine: 1 }],
  });
  const nearest = new Map([
    ['pizza-a', [{ name: 'pizza-b', cosine: 1 }]],
    ['pizza-b', [{ name: 'volcano-a', cosine: 1 }]],
  ]);

  const right = [{ name: 'fire-engine-a', text: ' Fire engine.' }];
  const shown = [{ name: 'fire-engine', text: 'fire engine' }];
  const other = [...shown, { name: 'pizza', text: 'cheese wedge' }];
  const wrong = [...right, { name: 'pizza-b', text: 'piece' }];

  it('counts what finds or writes something else, and then does not pass', () => {
    const findings = [
      finding('a picture of fire engine', 'written', 'fire-engine'),
      finding('fire-engine-b', 'spoken', 'pizza'),
    ];
    expect(verdictOf(findings, nearest, wrong, other)).toEqual({
      queries: { right: 1, of: 2 },
      pairs: { right: 1, of: 2 },
      transcripts: { right: 1, of: 2 },
      captions: { right: 1, of: 2 },
      passed: false,
    });
    const [found, near] = [findings.slice(0, 1), new Map([...nearest].slice(0, 1))];
    expect(verdictOf(found, near, right, shown).passed).toBe(true);
    expect(verdictOf(found, near, wrong, shown).passed).toBe(false);
    expect(verdictOf(found, near, right, other).passed).toBe(false);
    expect(verdictOf(findings, near, right, shown).passed).toBe(false);
  });

  it('does not pass where nothing was found, or written, at all', () => {
    expect(verdictOf([], new Map(), right, shown).passed).toBe(false);
    const found = finding('a picture of pizza', 'written', 'pizza');
    const near = new Map([...nearest].slice(0, 1));
    expect(verdictOf([found], near, [], shown).passed).toBe(false);
    expect(verdictOf([found], near, right, []).passed).toBe(false);
  });
});
