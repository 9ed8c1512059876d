import { describe, expect, it } from 'vitest';
import { readForm } from './read-form.js';

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
const read = async (body: Buffer | FormData, type?: string, signal = new AbortController().signal) => {
  const sent = new Response(body instanceof FormData ? body : new Uint8Array(body));
  const contentType = type ?? sent.headers.get('content-type') ?? '';
  return { ...(await readForm(Buffer.from(await sent.arrayBuffer()), contentType, { pause, signal })) };
};
const partsOf = (boundary: string, parts: readonly string[]) =>
  Buffer.from(`${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`);
const fieldOf = (name: string, value = '') =>
  `content-disposition: form-data; name="${name}"\r\n\r\n${value}`;
const type = 'multipart/form-data; boundary=b';
const malformed = { reason: 'MESSAGE_MALFORMED' };

describe('readForm', () => {
  it('reads fields, lists, and a file of any length whatever its bytes', async () => {
    for (const bytes of [0, 1, 65_535, 65_536, 300_000]) {
      const file = Buffer.alloc(bytes, '\r\n--b\r\n-------');
      const form = new FormData();
      form.append('model', 'größer');
      form.append('list[]', 'a');
      form.append('file', new Blob([file]), 'x "y".wav');
      form.append('list[]', 'b');
      const { file: found, ...rest } = await read(form);
      expect(rest).toEqual({ model: 'größer', 'list[]': ['a', 'b'] });
      expect(Buffer.isBuffer(found) && found.equals(file)).toBe(true);
    }
  });

  it('takes a quoted boundary, a preamble, and an epilogue', async () => {
    const body = Buffer.concat([
      Buffer.from('before\r\n'),
      partsOf('b c', [fieldOf('a', 'x')]),
      Buffer.from('after'),
    ]);
    expect(await read(body, 'multipart/form-data; charset=utf-8; boundary="b c"')).toEqual({ a: 'x' });
  });

  it('holds names that objects have', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const form = await readForm(
      partsOf(
        'b',
        names.map((name) => fieldOf(name, 'x')),
      ),
      type,
      {
        pause,
        signal: new AbortController().signal,
      },
    );
    expect(Object.keys(form)).toEqual(names);
  });

  it('refuses what is cut off, too much, or no form', async () => {
    const many = Array.from({ length: 40 }, (_, i) => fieldOf(`f${i}`));
    const file = (name: string) => `content-disposition: form-data; name="${name}"; filename="a"\r\n\r\nx`;
    const whole = partsOf('b', [fieldOf('a', 'x'), file('file')]);
    for (let length = 0; length < whole.length - 4; length++)
      await expect(read(whole.subarray(0, length), type), `${length} bytes`).rejects.toMatchObject(malformed);
    for (const [body, contentType = type] of [
      [partsOf('b', many)],
      [partsOf('b', [file('a'), file('b')])],
      [partsOf('b', [fieldOf('a'), fieldOf('a')])],
      [partsOf('b', [fieldOf('a', 'x'.repeat(200_000))])],
      [partsOf('b', ['content-disposition: form-data\r\n\r\nx'])],
      [partsOf('b', ['content-disposition: form-data; filename="a"\r\n\r\nx'])],
      [whole, 'multipart/form-data'],
      [whole, `multipart/form-data; boundary=${'b'.repeat(71)}`],
      [whole, 'multipart/form-data; boundary=c'],
    ] as const)
      await expect(read(body, contentType)).rejects.toMatchObject(malformed);
  });

  it('ends with its call', async () => {
    const controller = new AbortController();
    const reading = read(partsOf('b', [fieldOf('a', 'x')]), type, controller.signal);
    controller.abort();
    await expect(reading).rejects.toMatchObject({ reason: 'CANCELLED' });
  });
});
