import type { Engine, EngineCall } from '@triptych/engine';
import type { FuseRequest__Output, FuseResponse } from '@triptych/protocol';
import { embeddingMessage, readEncoding } from '../embeddings.js';
import { nameOf, vectorFusionRules } from '../names.js';
import { readItem } from './items.js';

/** `CrossModal.Fuse` */
export async function fuse(
  engine: Engine,
  { model, items, rule, encoding: requested }: FuseRequest__Output,
  call: EngineCall,
): Promise<FuseResponse> {
  const { encoding, name } = readEncoding(requested);
  const request = {
    model,
    items: items.map(readItem),
    rule: nameOf(vectorFusionRules, rule),
    encoding: name,
  };
  const { stamp, embedding, cosines } = await engine.fuse(request, call);
  return { stamp, embedding: embeddingMessage(embedding, encoding), cosines: [...cosines] };
}
