import { TriptychError } from '@triptych/core';
import { describe, expect, it } from 'vitest';
import { inFile } from './in-file.js';

const told = (path: string, message: string) =>
  (inFile(path, new TriptychError('WEIGHTS_CORRUPT', message)) as Error).message;

describe('something wrong in a file', () => {
  it('is told with the file, once', () => {
    expect(told('./hf', 'tensor w: too short')).toBe('./hf: tensor w: too short');
    expect(told('./hf', 'hf/model.safetensors: tensor w: too short')).toBe(
      'hf/model.safetensors: tensor w: too short',
    );
    expect(told('hf/weights.parquet', 'hf/weights.parquet: no footer')).toBe('hf/weights.parquet: no footer');
    expect(told('t', 'tensor w: too short')).toBe('t: tensor w: too short');
  });

  it('stays what it is where it is no fault of weights', () => {
    const fault = new TriptychError('WORKER_LOST', 'gone');
    expect(inFile('a', fault)).toBe(fault);
  });
});
