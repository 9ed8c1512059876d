import { describe, expect, it } from 'vitest';
import { precompiled } from './precompiled.js';
import { longestMatches, sentencepieceSteps } from './sentencepiece.js';

const [a, b, LEAF, OFFSET] = [0x61, 0x62, 1 << 8, 10];

/** A table that has ` ` for `a` and `c` for `ab`: each unit lies at its parent's base xor its label, and a leaf at its parent's base. */
function smallCharsmap(): Buffer {
  const [root, afterA, afterB] = [0x100, 0x200, 0x400];
  const trie = new Uint32Array(0x800);
  trie[0] = root << OFFSET;
  const atA = root ^ a;
  trie[atA] = (afterA << OFFSET) | LEAF | a;
  trie[atA ^ afterA] = 0x80000000 | 0;
  const atB = atA ^ afterA ^ b;
  trie[atB] = (afterB << OFFSET) | LEAF | b;
  trie[atB ^ afterB] = 0x80000000 | 2;
  return Buffer.concat([
    Uint8Array.of(...new Uint8Array(Uint32Array.of(trie.byteLength).buffer)),
    Buffer.from(trie.buffer),
    Buffer.from(' \0c\0'),
  ]);
}

describe('the normalisation of sentencepiece', () => {
  it('takes the longest match in each place, where HuggingFace’s tokenizers look at each character', () => {
    expect(longestMatches(smallCharsmap())('abéaab漢')).toBe('cé c漢');
    expect(precompiled(smallCharsmap())('abéaab漢')).toBe(' bé  b漢');
  });

  it('bounds what a text becomes, and needs replacements that end', () => {
    const grown = Buffer.concat([smallCharsmap().subarray(0, -4), Buffer.alloc(200, 'x'), Buffer.of(0)]);
    expect(() => longestMatches(grown)('a')).toThrow('grows more than 64 times');
    expect(longestMatches(grown)(`a${'-'.repeat(9)}`)).toHaveLength(209);
    const open = smallCharsmap().subarray(0, -1);
    expect(() => longestMatches(open)('ab')).toThrow('a replacement does not end');
  });

  it('leaves one space of those that it makes, and none at the end', () => {
    const map = smallCharsmap().toString('base64');
    const normalizer = {
      type: 'Sequence',
      normalizers: [{ type: 'Precompiled', precompiled_charsmap: map }],
    };
    expect(sentencepieceSteps({ normalizer, pre_tokenizer: null }).normalize('aaxa a')).toBe(' x');
  });

  it('puts a space before a text, and not before its parts behind added tokens', () => {
    const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
    for (const pre_tokenizer of [metaspace, { type: 'Sequence', pretokenizers: [metaspace] }]) {
      const { words } = sentencepieceSteps({ normalizer: null, pre_tokenizer });
      expect([words('x y', true), words('x y', false)]).toEqual([
        ['▁x', '▁y'],
        ['x', '▁y'],
      ]);
    }
    const never = { ...metaspace, prepend_scheme: 'never' };
    expect(sentencepieceSteps({ normalizer: null, pre_tokenizer: never }).words('x', true)).toEqual(['x']);
  });
});
