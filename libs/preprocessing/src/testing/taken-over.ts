import { setThreadSettings } from '@triptych/core';

const settings = { stepBack: true, collectIdle: true };

/**
 * Workers' processes that are started from now on are in somebody else's hands: calls of `method` are answered with this JSON before they
 * can answer themselves. The typed arrays of an answer may take eight bytes.
 */
export function takeOver(method: string, result: string): void {
  const program = `
    import { writeSync } from 'node:fs';
    import { Socket } from 'node:net';
    import { deserialize } from 'node:v8';
    const { push } = Socket.prototype;
    Socket.prototype.push = function (chunk, ...rest) {
      if (chunk?.includes('${method}')) answer(deserialize(chunk.subarray(4)));
      return push.call(this, chunk, ...rest);
    };
    function answer({ id, method }) {
      if (method !== '${method}') return;
      const head = Buffer.from('{"id":' + id + ',"result":${result}}');
      const frame = Buffer.alloc(4 + 8 + 8 + head.length);
      frame.writeUInt32LE(frame.length - 4);
      frame.writeUInt32LE(head.length, 4);
      head.copy(frame, 20);
      writeSync(3, frame);
    }`;
  setThreadSettings({ ...settings, preload: `data:text/javascript,${encodeURIComponent(program)}` });
}

/** Those that are started from now on are themselves. */
export function takeNone(): void {
  setThreadSettings(settings);
}
