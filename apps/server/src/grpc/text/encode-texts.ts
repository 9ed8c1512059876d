import type { Engine, EngineCall } from '@triptych/engine';
import type { EncodeTextsRequest__Output, EncodeTextsResponse, TextResult } from '@triptych/protocol';
import { encodedMessage, readEmbeddingOptions } from '../embeddings.js';
import { toItemError } from '../status.js';
import { textBytes } from './text-bytes.js';

/** `TextEncoder.Encode` */
export async function encodeTexts(
  engine: Engine,
  { model, texts, options: wanted, rejectTooLong, promptName }: EncodeTextsRequest__Output,
  call: EngineCall,
): Promise<EncodeTextsResponse> {
  const { options, encoding } = readEmbeddingOptions(wanted);
  const request = { model, texts: texts.map(textBytes), options, rejectTooLong, promptName };
  const { stamp, results } = await engine.encodeTexts(request, call);
  return {
    stamp,
    results: results.map((result): TextResult => {
      if ('error' in result) return { error: toItemError(result.error) };
      const { tokens, truncated } = result;
      return { ...encodedMessage(result, encoding), tokens, truncated };
    }),
  };
}
