import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonText } from '../json/json-text.js';
import { decodeBase64 } from './base64.js';

const pause = () => Promise.resolve();
const decode = (json: string, start = 0) =>
  decodeBase64(new JsonText(Buffer.from(json), json.includes('\\')), start, pause);
const unicode = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
const malformed = { reason: 'MESSAGE_MALFORMED' };

describe('base64 in JSON', () => {
  it('stands for the same bytes, whichever of its letters are escaped', async () => {
    const some = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(some, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), async (bytes, choices) => {
        const escaped = Buffer.from(bytes)
          .toString('base64')
          .replace(/./g, (letter) => {
            const choice: unknown = choices.next().value;
            if (choice === 0) return unicode(letter);
            return choice === 1 && letter === '/' ? '\\/' : letter;
          });
        expect(await decode(escaped)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each([0, 1, 2, 3, 4, 5, 6])('is whole where a step of it ends within an escape (%i)', async (offset) => {
    const step = 256 * 1024;
    const bytes = Buffer.alloc(step, 0xfb);
    const letters = bytes.toString('base64');
    const at = step - offset;
    for (const escape of [unicode, (letter: string) => (letter === '/' ? '\\/' : unicode(letter))])
      expect(
        (await decode(letters.slice(0, at) + escape(letters[at]) + letters.slice(at + 1))).equals(bytes),
      ).toBe(true);
  });

  it('is refused where what is escaped is none', async () => {
    const letters = 'A'.repeat(100);
    await expect(decode(`${letters}\\nAAA`)).rejects.toMatchObject(malformed);
    await expect(decode(`${letters}\\\\/AA`)).rejects.toMatchObject(malformed);
    await expect(decode(`${letters}\\u0141AAA`)).rejects.toMatchObject(malformed);
    await expect(decode(`${letters}\\xAAA`)).rejects.toMatchObject(malformed);
    await expect(decodeBase64('\u0141AAA', 0, pause)).rejects.toMatchObject(malformed);
  });

  it('begins at a character, however many bytes those before it are', async () => {
    const bytes = Buffer.from('of some bytes');
    expect(await decode(`\\u002B${unicode('/')}\\/${bytes.toString('base64')}`, 3)).toEqual(bytes);
  });
});
