import assert from 'node:assert/strict';
import { ClipEngine, fillTemplate } from '@triptych/clip-engine';

assert.equal(fillTemplate('a {}', 'pizza'), 'a pizza');
const engine = await ClipEngine.start();
await engine.close();
