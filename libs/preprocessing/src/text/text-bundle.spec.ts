import { expect, it } from 'vitest';
import { outcomesOf, type Waiting } from './text-bundle.js';

it.each([[null], ['words'], [[]], [[null]], [[1, 2]]])(
  'throws where a tokenizer that was taken over answers %j',
  (answers) => {
    expect(() => outcomesOf(answers, 1)).toThrow();
  },
);

it('fails a text whose error is none', async () => {
  const [outcome] = outcomesOf([{ error: null }], 1);
  const failed = new Promise((resolve, reject) => {
    outcome({ resolve, reject } as unknown as Waiting);
  });
  await expect(failed).rejects.toMatchObject({ reason: 'INTERNAL' });
});
