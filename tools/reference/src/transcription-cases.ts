import type { SpeechSegment, TranscriptionOptions } from '@triptych/audio-encoder';
import { expect } from 'vitest';

/** What the references were asked for. */
export type TranscriptionCase =
  'greedy' | 'detected' | 'translate' | 'timestamps' | 'prompt' | 'beam' | 'beam-timestamps';

/** `prompt`: as the reference takes it, with the token that begins one. */
export function casesOf(
  prompt: readonly number[],
): Readonly<Record<TranscriptionCase, Partial<TranscriptionOptions>>> {
  return {
    greedy: { language: 'en', task: 'transcribe' },
    detected: {},
    translate: { language: 'fr', task: 'translate' },
    timestamps: { language: 'de', task: 'transcribe', timestamps: true },
    prompt: { language: 'en', task: 'transcribe', prompt: prompt.slice(1) },
    beam: { language: 'en', task: 'transcribe', beams: 5 },
    'beam-timestamps': { language: 'en', task: 'transcribe', beams: 5, timestamps: true },
  };
}

/** The same tokens, and the same times. */
export function expectSameSegments(
  found: readonly SpeechSegment[],
  expected: readonly SpeechSegment[],
  name: string,
): void {
  expect(
    found.map(({ tokens }) => tokens),
    name,
  ).toEqual(expected.map(({ tokens }) => tokens));
  found.forEach(({ start, end }, i) => {
    expect(start, name).toBeCloseTo(expected[i].start, 6);
    expect(end, name).toBeCloseTo(expected[i].end, 6);
  });
}
