import assert from 'node:assert/strict';
import { TriptychClient } from '@triptych/client';

const client = new TriptychClient('127.0.0.1:1', { timeoutMs: 2000 });
await assert.rejects(client.listModels());
client.close();
