import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonText } from './json-text.js';
import { type Json, jsonLimits, readJson } from './read-json.js';

const read = (text: string) => readJson(Buffer.from(text));

/** As JSON.parse has it: longer strings read, objects with their prototype. */
function plain(value: Json | undefined): unknown {
  if (value instanceof JsonText) return value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

describe('JSON bodies', () => {
  it('are read as the runtime reads them', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('"'.repeat(90), '\\'.repeat(91), `${'a'.repeat(70)}"\\`, 'ä'.repeat(63)),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        texts,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(null, true, false, 0, -1.5e-7),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.string({ maxLength: 9 }), tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        expect(plain(read(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('are refused where the runtime refuses them, whatever bytes they are', () => {
    const [document] = ['{"input":["a","b\\n"],"n":[1,2.5e3,-0],"deep":{"a":[true,false,null]}}'];
    fc.assert(
      fc.property(
        fc.nat(document.length - 1),
        fc.constantFrom(...'{}[]",:\\1e.-tfn x'),
        fc.boolean(),
        (at, letter, isCut) => {
          const text = document.slice(0, at) + letter + (isCut ? '' : document.slice(at + 1));
          const [expected, found] = [() => JSON.parse(text) as unknown, () => plain(read(text))].map(attempt);
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['values', `[${'1,'.repeat(jsonLimits.values)}1]`, /more than 65536 values/],
    ['levels', '['.repeat(5_000_000), /nested deeper than 16/],
    ['spaces', `[1${' '.repeat(jsonLimits.structureBytes)}]`, /beside its longer strings/],
    ['objects', `{${Array.from({ length: 65 }, (_, i) => `"k${i}":1`).join(',')}}`, /more than 64 names/],
    ['quotes', `"${'\\"'.repeat(jsonLimits.escapedQuotes + 1)}"`, /quotes within its strings/],
    ['words', '1'.repeat(1_000_000), /is not JSON/],
    ['names', `{"${'a'.repeat(64)}":1}`, /a name of less than 64 bytes/],
  ])('have bounded %s, whose end is never read', (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('may hold long strings beyond the bound on all else', () => {
    const long = 'x'.repeat(3 * jsonLimits.structureBytes);
    const value = read(`{"a":"${long}"}`) as { a: JsonText };
    expect(value.a.bytes.length).toBe(long.length);
  });

  it('hold no prototype of the sender’s making', () => {
    const value = read('{"__proto__":{"polluted":1}}') as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('are UTF-8', () => {
    expect(() => readJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/not UTF-8/);
  });
});

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return 'refused';
  }
}
