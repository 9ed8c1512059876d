import assert from 'node:assert/strict';
import { downcastFloat16, TriptychError, upcastFloat16 } from '@triptych/core';

const back = new Float32Array(2);
upcastFloat16(downcastFloat16(Float32Array.of(0.5, -2)), back);
assert.deepEqual([...back], [0.5, -2]);
assert.equal(new TriptychError('AUDIO_EMPTY', 'none').code, 'invalid-input');
