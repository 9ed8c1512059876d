import type { Engine, EngineCall } from '@triptych/engine';
import type { Classification, ClassifyRequest__Output, ClassifyResponse } from '@triptych/protocol';
import { toItemError } from '../status.js';
import { textBytes } from '../text/text-bytes.js';
import { readItem } from './items.js';

/** `CrossModal.Classify` */
export async function classify(
  engine: Engine,
  { model, items, labels, template, early }: ClassifyRequest__Output,
  call: EngineCall,
): Promise<ClassifyResponse> {
  const ids = items.map(({ id }) => id);
  const sentences = { labels: labels.map(textBytes), template: textBytes(template) };
  const found = await engine.classify(
    { model, items: items.map(readItem), ...sentences, early: early ?? undefined },
    call,
  );
  return {
    stamp: found.stamp,
    classifications: found.classifications.map((one, i): Classification => {
      const id = ids[i];
      if ('error' in one) return { id, error: toItemError(one.error) };
      return {
        id,
        labels: one.labels.map(({ index, score }) => ({ label: found.labels[index], probability: score })),
      };
    }),
  };
}
