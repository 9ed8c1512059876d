import type { Engine, EngineCall } from '@triptych/engine';
import {
  type Caption,
  type CaptionRequest__Output,
  type CaptionResponse,
  FinishReason,
} from '@triptych/protocol';
import { toItemError } from '../status.js';
import { textBytes } from '../text/text-bytes.js';
import { readImage } from './images.js';

const finishReasons = { end: FinishReason.FINISH_REASON_END, length: FinishReason.FINISH_REASON_LENGTH };

/** `Captioner.Caption` */
export async function captionImages(
  engine: Engine,
  { model, images, prompt, beams, maxTokens }: CaptionRequest__Output,
  call: EngineCall,
): Promise<CaptionResponse> {
  const ids = images.map(({ id }) => id);
  const request = {
    model,
    images: images.map(readImage),
    prompt: textBytes(prompt),
    beams: beams || undefined,
    maxTokens: maxTokens || undefined,
  };
  const { results, ...made } = await engine.captionImages(request, call);
  return {
    ...made,
    captions: results.map((one, i): Caption => {
      const id = ids[i];
      if ('error' in one) return { id, error: toItemError(one.error) };
      const { finish, ...caption } = one;
      return { id, ...caption, finishReason: finishReasons[finish] };
    }),
  };
}
