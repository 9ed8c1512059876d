import assert from 'node:assert/strict';
import { decodeStatus, encodeStatus, loadPublishedFiles, loadWirePackage } from '@triptych/protocol';

assert.ok('triptych.v1.Models' in loadWirePackage('client'));
assert.ok(loadPublishedFiles().services.includes('triptych.v1.Models'));
const status = encodeStatus(3, 'wrong', { reason: 'AUDIO_EMPTY', violations: [] });
assert.equal(decodeStatus(status).reason, 'AUDIO_EMPTY');
