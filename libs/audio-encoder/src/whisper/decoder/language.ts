import type { DecoderSource } from '@triptych/inference-core';
import type { SpeechTokens } from './tokens.js';

/** The likeliest language; undefined where the model knows one alone. */
export async function detectLanguage(
  source: DecoderSource,
  { languages, start, end }: SpeechTokens,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (languages.size === 0) return undefined;
  const wanted = [...languages];
  const { probes } = await source.generate(
    {
      prompt: [start],
      maxTokens: 1,
      end,
      rules: { suppressed: [], suppressedFirst: [] },
      search: { kind: 'greedy' },
      probes: [{ at: 0, tokens: wanted.map(([, token]) => token), among: 'these' }],
    },
    { signal },
  );
  return wanted[probes[0].indexOf(Math.max(...probes[0]))][0];
}
