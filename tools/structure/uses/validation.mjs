import assert from 'node:assert/strict';
import { checkText } from '@triptych/validation';

assert.equal(checkText('a pizza'), 'a pizza');
assert.throws(() => checkText('a'.repeat(40_000)), { reason: 'TEXT_TOO_LARGE' });
