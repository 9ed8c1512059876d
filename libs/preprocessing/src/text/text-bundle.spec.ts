import { describe, expect, it } from 'vitest';
import { outcomesOf, type Waiting } from './text-bundle.js';

const tokens = { ids: [0, 9], untruncated: 2, preprocessUs: 5 };
const limits = { vocabulary: 10, padding: { length: 2, token: '', side: 'right' } } as const;
const outcomes = (answers: unknown) => outcomesOf(answers, [{ text: '', context: 3 }], limits);

function settled(outcome: (entry: Waiting) => void): Promise<unknown> {
  return new Promise((resolve, reject) => outcome({ resolve, reject } as unknown as Waiting));
}

describe('what a tokenizer answers', () => {
  it('are the tokens of each text, or why it has none', async () => {
    expect(await settled(outcomes([tokens])[0])).toEqual(tokens);
    const [refused] = outcomes([{ error: { reason: 'TEXT_TOKENIZE_CRASH', message: 'so' } }]);
    await expect(settled(refused)).rejects.toMatchObject({ reason: 'TEXT_TOKENIZE_CRASH', message: 'so' });
  });

  it.each([[null], ['words'], [[]], [[tokens, tokens]], [new Array(1)]])(
    'are none where they are %j',
    (answers) => {
      expect(() => outcomes(answers)).toThrow('no tokens');
    },
  );

  it.each([
    [null],
    [1],
    [{ error: null }],
    [{ ...tokens, ids: 'words' }],
    [{ ...tokens, ids: [0] }],
    [{ ...tokens, ids: [0, 1, 2, 3] }],
    [{ ...tokens, ids: [0, 10] }],
    [{ ...tokens, ids: [0, -1] }],
    [{ ...tokens, ids: [0, 0.5] }],
    [{ ...tokens, ids: [0, '1'] }],
    [{ ...tokens, untruncated: undefined }],
    [{ ...tokens, preprocessUs: null }],
  ])('are none where those of a text are %j', (answer) => {
    expect(() => outcomes([answer])).toThrow('no tokens');
  });
});
