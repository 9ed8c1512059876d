import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { withServer } from './serve-demo.js';
import { rightness } from './words.js';

const pictures = new URL('../../../examples/images/', import.meta.url);

describe('the demo', () => {
  it('says what pictures show that are drawn in a style which training never saw', async () => {
    const names = (await readdir(pictures)).filter((name) => name.endsWith('.png'));
    const images = await Promise.all(
      names.map(async (name) => ({ id: name, encoded: await readFile(new URL(name, pictures)) })),
    );
    const { captions } = await withServer(undefined, (client) => client.caption({ images }), ['captioner']);
    const written = captions.map(({ id, text }) => ({ label: id.replace('.png', ''), text }));
    const { of, right } = rightness(written);
    expect(of).toBe(12);
    expect(right, JSON.stringify(written)).toBeGreaterThanOrEqual(0.75);
  });
});
