import { TriptychClient } from '@triptych/client';
import { misbehaviours } from './misbehaviours.js';

// A misbehaving client: `misbehave.js NAME ADDRESS`, until its parent says stop. See Misbehaving.
const [name, address] = process.argv.slice(2);
let isStopped = false;
let count = 0;
process.once('message', () => (isStopped = true));
const client = new TriptychClient(address, { ownConnections: true });
await misbehaviours[name]({ client, address, isStopped: () => isStopped, count: () => count++ }).catch(
  () => undefined,
);
client.close();
process.send?.(count, () => process.disconnect());
