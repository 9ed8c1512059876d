import type { DecoderSource, Generated } from '@triptych/inference-core';

/**
 * When each of the tokens ends, in vectors from the window's start: when the decoder, having heard it, looks for the next one, as transformers'
 * `return_token_timestamps` has it. The last one is followed by none, and ends with the one before it.
 */
export async function tokenEnds(
  source: DecoderSource,
  prompt: readonly number[],
  { tokens }: Generated,
  reach: number,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const read = [...prompt, ...tokens.slice(0, -1)];
  const { alignment = [] } = await source.generate(
    {
      prompt: read,
      maxTokens: read.length,
      end: tokens[tokens.length - 1],
      rules: { suppressed: [], suppressedFirst: [] },
      search: { kind: 'greedy' },
      probes: [],
      align: { from: prompt.length, reach },
    },
    { signal },
  );
  return [...alignment, alignment.at(-1) ?? 0];
}
