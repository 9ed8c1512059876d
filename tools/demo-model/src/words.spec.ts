import { describe, expect, it } from 'vitest';
import { rightness, wordsOf } from './words.js';

describe('what was written', () => {
  it('is right word for word, without punctuation and capitals', () => {
    expect(wordsOf('Woman’s hat: high-heeled')).toEqual(["woman's", 'hat', 'high', 'heeled']);
    expect(rightness([{ text: "man's  shoe", label: 'Man’s shoe' }])).toEqual({
      of: 1,
      right: 1,
      wordsRight: 1,
    });
  });

  it('is wrong by the words that are changed, left out or too many', () => {
    const labels = ['red apple', 'green apple', 'apple', 'one two three four'];
    const texts = ['red apple', 'apple', 'red apple', 'one three four four'];
    const written = texts.map((text, i) => ({ text, label: labels[i] }));
    expect(rightness(written)).toEqual({ of: 4, right: 0.25, wordsRight: 1 - 4 / 9 });
  });
});
