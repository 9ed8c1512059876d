/** Cuts a text, as `Intl.Segmenter` does. */
export type Segment = (text: string) => Iterable<{ readonly segment: string }>;

/** Longest stretch of a text that is cut at a time, in UTF-16 units: time to cut one is quadratic in its length. */
const WINDOW = 256;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * A text's extended grapheme clusters (Unicode Standard Annex #29), in time that is linear in its length. Where a cluster ends depends
 * on its own characters and the one behind it. So a window of the text that begins with a cluster has the clusters of the text, but
 * for its last one, which may go on: the next window begins there.
 */
export function clustersOf(text: string, segment: Segment = (part) => graphemes.segment(part)): string[] {
  const clusters: string[] = [];
  let length = WINDOW;
  for (let at = 0; at < text.length;) {
    const end = wholeEnd(text, at + length);
    const start = at;
    for (const { segment: cluster } of segment(text.slice(at, end))) {
      if (at + cluster.length === end && end < text.length) break;
      clusters.push(cluster);
      at += cluster.length;
      // A long window is there for one long cluster.
      if (length > WINDOW) break;
    }
    length = at === start ? 2 * length : WINDOW;
  }
  return clusters;
}

/** Not between the halves of a surrogate pair. */
function wholeEnd(text: string, end: number): number {
  if (end >= text.length) return text.length;
  const isWithin = (text.codePointAt(end - 1) ?? 0) > 0xffff;
  return isWithin ? end + 1 : end;
}
