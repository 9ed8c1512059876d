import type { Engine, EngineCall } from '@triptych/engine';
import type { SimilarityRequest__Output, SimilarityResponse } from '@triptych/protocol';
import { failedMessages, readItem } from './items.js';

/** `CrossModal.Similarity` */
export async function similarity(
  engine: Engine,
  { model, queries, candidates, logits }: SimilarityRequest__Output,
  call: EngineCall,
): Promise<SimilarityResponse> {
  const request = { model, queries: queries.map(readItem), candidates: candidates.map(readItem), logits };
  const { stamp, rows, columns, scores, failedQueries, failedCandidates } = await engine.similarity(
    request,
    call,
  );
  return {
    stamp,
    rows,
    columns,
    // Its bytes: see `loadWirePackage`.
    scores: Buffer.from(scores.buffer) as unknown as number[],
    failedQueries: failedMessages(failedQueries),
    failedCandidates: failedMessages(failedCandidates),
  };
}
