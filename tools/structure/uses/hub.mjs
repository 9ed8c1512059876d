import assert from 'node:assert/strict';
import { hubSettings, parseHubModel } from '@triptych/hub';

assert.equal(parseHubModel('open/tiny@main')?.revision, 'main');
assert.equal(parseHubModel('../tiny'), undefined);
assert.ok(hubSettings({ HF_HOME: '/tmp/hub' }));
