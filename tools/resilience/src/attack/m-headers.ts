import type { Attack } from './attack.js';
import { besideAttackers } from './beside.js';
import { wireClient } from './wire-client.js';

const PAUSE_MS = 5;

/** A connection's other streams beside one of its calls with 70 KB of metadata; and connections that end with such a value. */
export const headers: Attack = {
  title: 'Metadata of 70 KB: beside other streams of its connection, and in one value',
  run: async (extent) => {
    let [calls, ended] = [0, 0];
    const { facts, problems, ...report } = await besideAttackers({
      extent,
      kinds: ['ping', 'pcm', 'text'],
      attack: async ({ address }, isOver) => {
        const client = wireClient(address);
        await new Promise<void>((resolve) => client.session.once('remoteSettings', () => resolve()));
        const other = client.open('triptych.v1.AudioEncoder/EncodeStream');
        other.once('close', () => (ended += isOver() ? 0 : 1));
        const many = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`x-${i}`, '~'.repeat(10_000)]));
        while (!isOver()) {
          const long = client.open('triptych.v1.Models/List', many);
          await new Promise((resolve) => long.once('close', resolve));
          calls++;
          const single = wireClient(address);
          const closed = new Promise((resolve) => single.session.once('close', resolve));
          single.open('triptych.v1.Models/List', { 'x-long': '~'.repeat(70_000) });
          await closed;
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
          if (client.session.destroyed) break;
        }
        client.close();
      },
    });
    return {
      ...report,
      facts: { 'calls with 70 KB of metadata': calls, 'other streams that ended': ended, ...facts },
      problems: ended > 0 ? ['another stream of the connection ended', ...problems] : problems,
    };
  },
};
