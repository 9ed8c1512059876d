import { describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.js';
import { TriptychError } from './triptych-error.js';

describe('the catalogue of errors', () => {
  it('has the entries that the documentation counts', () => {
    expect(Object.keys(catalogue)).toHaveLength(102);
  });

  it('names every reason in upper snake case and says what it means', () => {
    for (const [reason, { meaning }] of Object.entries(catalogue)) {
      expect(reason).toMatch(/^[A-Z]+(_[A-Z0-9]+)*$/);
      expect(meaning).toMatch(/^[A-Z].+\.$/);
    }
  });
});

describe('an error', () => {
  it('crosses a thread with reason, message and field', () => {
    const error = new TriptychError('AUDIO_EMPTY', 'nothing', { field: 'data' }).within('clips[2]');
    const copy = TriptychError.fromRecord(structuredClone(error.toRecord()));
    expect(copy).toMatchObject({
      reason: 'AUDIO_EMPTY',
      message: 'nothing',
      field: 'clips[2].data',
      code: 'invalid-input',
    });
  });

  it('says of overload, and of nothing that the caller did wrong, that it may pass', () => {
    expect(new TriptychError('OVERLOADED', '').retryable).toBe(true);
    expect(new TriptychError('AUDIO_EMPTY', '').retryable).toBe(false);
  });
});
