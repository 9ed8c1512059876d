import { basename } from 'node:path';
import type { Model__Output } from '@triptych/client';
import type { Description } from './describe.js';
import type { Finding, Seen } from './find.js';
import type { Heard, HeardWindow } from './listen.js';
import type { Neighbour } from './neighbours.js';
import { isDescribedRight, isWrittenRight, meant, type Tally, type Verdict } from './verdict.js';
import type { Transcript } from './write-down.js';

const modalities = ['', 'audio', 'images', 'text'];

/** A model, a line. */
export function modelLine({ name, parameters, loadMs, encoders }: Model__Output): string {
  const takes = encoders.map(({ modality }) => modalities[modality]).join(' and ');
  const size = `${parameters.toLocaleString('en')} parameters`;
  return `  ${name.padEnd(24)}${takes.padEnd(18)}${size}, ready after ${loadMs.toFixed(0)} ms\n`;
}

/** A window of speech as it comes back, a line. */
export function windowLine(name: string, window: HeardWindow): string {
  const { startS, endS, lagMs, dimensions, norm } = window;
  const span = `${startS.toFixed(2)}–${endS.toFixed(2)} s`;
  const lag = `${lagMs.toFixed(1).padStart(6)} ms behind`;
  return `  ${name.padEnd(24)}${span.padEnd(14)}${lag}   ${dimensions} dimensions, norm ${norm.toFixed(6)}\n`;
}

/** A picture or text, a line. */
export function seenLine({ name, dimensions, norm, space }: Seen): string {
  return `  ${name.padEnd(42)}${dimensions} dimensions, norm ${norm.toFixed(6)}, space ${space}\n`;
}

export function nearestTable(nearest: ReadonlyMap<string, readonly Neighbour[]>): string {
  const rows = [...nearest].map(([name, others]) => {
    const list = others.map((o) => `${o.name} ${o.cosine.toFixed(3)}`).join(', ');
    return `  ${name.padEnd(24)}${list}\n`;
  });
  return `\nNearest by cosine, over whole samples (-a and -b are two voices saying the same):\n\n${rows.join('')}`;
}

export function transcriptTable(transcripts: readonly Transcript[]): string {
  return `\nWhat is said, written down:\n\n${transcripts.map(transcriptLine).join('')}`;
}

function transcriptLine({ name, text }: Transcript): string {
  return `  heard    ${name.padEnd(34)}"${text}"\n`;
}

export function descriptionTable(descriptions: readonly Description[]): string {
  return `\nWhat pictures show, written down:\n\n${descriptions.map(descriptionLine).join('')}`;
}

function descriptionLine({ name, text }: Description): string {
  return `  saw      ${name.padEnd(34)}"${text}"\n`;
}

export function findingsTable(findings: readonly Finding[]): string {
  return `\nWhich picture each query finds, written and spoken:\n\n${findings.map(findingLine).join('')}`;
}

function findingLine({ query, as, found }: Finding): string {
  const list = found.map(({ name, cosine }) => `${name} ${cosine.toFixed(3)}`).join(', ');
  return `  ${as.padEnd(9)}${basename(query).padEnd(34)}${list}\n`;
}

/** What was sent and what came back, in a few lines. */
export function summary(heard: readonly Heard[], pictures: readonly Seen[], words: readonly Seen[]): string {
  const lags = heard.flatMap(({ windows }) => windows.map(({ lagMs }) => lagMs)).sort((a, b) => a - b);
  const [median, most] = [lags[lags.length >> 1] ?? 0, lags.at(-1) ?? 0];
  const [{ dimensions }] = pictures;
  return (
    `  speech    ${heard.length} recordings at once: ${lags.length} windows, ` +
    `${median.toFixed(0)} ms after their chunks (median; ${most.toFixed(0)} at most)\n` +
    `  pictures  ${pictures.length} in one batch, and ${words.length} texts in one call; ` +
    `all are vectors of ${dimensions} values in one space\n`
  );
}

/** A few queries, and all that went wrong. */
export function examples(
  findings: readonly Finding[],
  transcripts: readonly Transcript[],
  descriptions: readonly Description[],
): string {
  const wrong = findings.filter((finding) => finding.found[0]?.name !== meant(finding)).slice(0, 4);
  const [written] = findings.filter(({ as }) => as === 'written').slice(7);
  const [spoken] = findings.filter(({ as }) => as === 'spoken').slice(15);
  const shown = wrong.length > 0 ? wrong : [written, spoken];
  const heard = transcripts.filter(isWrittenRight).slice(6, 7);
  const saw = descriptions.filter(isDescribedRight).slice(0, 1);
  const lines = [...shown.map(findingLine), ...heard.map(transcriptLine), ...saw.map(descriptionLine)];
  return `Which picture a query finds, with its cosine, and what is written down of speech and of a picture:\n${lines.join('')}`;
}

/** How it came out, in lines that can be read alone. */
export function verdictLines({ queries, pairs, transcripts, captions, passed }: Verdict): string {
  return (
    `  ${count(queries)} queries, written and spoken, find the picture they mean first\n` +
    `  ${count(pairs)} recordings are nearest to the other voice that says the same\n` +
    `  ${count(transcripts)} recordings are written down word for word\n` +
    `  ${count(captions)} pictures, of a style that no model was trained on, are described by their name\n\n` +
    `${passed ? 'The demo passed.' : 'The demo FAILED: the models find or write something else than was meant.'}\n`
  );
}

const count = ({ right, of }: Tally) => `${right} of ${of}`;

/** What to do after the demo. */
export const nextSteps = `Next:
  npx triptych demo --verbose                            every window, vector and query
  npx triptych search "a sailboat" examples/images       your own words, your own folder
  npx triptych caption examples/images                   what pictures show
  npx triptych serve                                     these models on 127.0.0.1:50051
  npx triptych serve --model openai/whisper-tiny         a model of the hub
`;
