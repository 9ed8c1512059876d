import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decoderFingerprint, modelFingerprint } from './fingerprint.js';

const digests = new Map([
  ['w', 'aa'],
  ['b', 'bb'],
]);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
// Several turns' work, with characters of two units.
const tokenizer = 'é"\u{1f600}'.repeat(100_000);

describe('a fingerprint', () => {
  it('is that of tensors by name, and of one JSON text, which models have had since the first', async () => {
    const recipe = { architecture: 'x', config: { b: 1, a: { d: [2], c: null } }, preprocessor: undefined };
    const head = 'bb\naa\n{"architecture":"x","config":{"a":{"c":null,"d":[2]},"b":1},"preprocessor":null';
    expect(await modelFingerprint(digests, { ...recipe, files: {} })).toBe(sha256(`${head}}`));
    const files = { 'tokenizer.json': tokenizer, 'a.txt': 'a' };
    expect(await modelFingerprint(digests, { ...recipe, files })).toBe(
      sha256(`${head},"tokenizer":{"a.txt":"a","tokenizer.json":${JSON.stringify(tokenizer)}}}`),
    );
  });

  it('of a decoder leaves out what its encoder is quantized by', async () => {
    const config = { a: 1, quantization_config: { x: 1 } };
    expect(await decoderFingerprint(digests, { architecture: 'x', config, files: {} })).toBe(
      sha256('bb\naa\n{"architecture":"x","config":{"a":1},"files":{}}'),
    );
  });

  it('lets the event loop turn while it is made', async () => {
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const recipe = { architecture: 'x', config: {}, preprocessor: {}, files: { t: tokenizer.repeat(10) } };
    await modelFingerprint(digests, recipe);
    isOver = true;
    expect(turns).toBeGreaterThan(50);
  });
});
