/**
 * A JSON value's text with the keys of its objects in one order, whatever order they came in; in pieces, those of texts of `most`
 * characters before they are escaped.
 */
export function* canonicalJson(value: unknown, most: number): Generator<string> {
  if (typeof value === 'string' && value.length > most) {
    yield '"';
    for (const piece of cut(value, most)) yield JSON.stringify(piece).slice(1, -1);
    yield '"';
  } else if (Array.isArray(value)) {
    yield '[';
    for (const [i, item] of value.entries()) {
      if (i > 0) yield ',';
      yield* canonicalJson(item, most);
    }
    yield ']';
  } else if (value !== null && typeof value === 'object') {
    yield '{';
    for (const [i, [key, inner]] of sorted(value).entries()) {
      yield `${i > 0 ? ',' : ''}${JSON.stringify(key)}:`;
      yield* canonicalJson(inner, most);
    }
    yield '}';
  } else yield JSON.stringify(value) ?? 'null';
}

/** An object's members, those that JSON has. Keys that are whole numbers come first in any object. */
function sorted(value: object): [key: string, inner: unknown][] {
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.entries(Object.fromEntries(members)).filter(([, inner]) => inner !== undefined);
}

function* cut(text: string, most: number): Generator<string> {
  for (let start = 0; start < text.length;) {
    let end = start + most;
    // Two units that make one character stay together.
    if (isHighSurrogate(text.charCodeAt(end - 1))) end++;
    yield text.slice(start, end);
    start = end;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
