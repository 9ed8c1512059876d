import { PixelFormat, type TriptychClient } from '@triptych/client';
import { PICTURE_SIZE } from './dataset.js';

const A_CALL = 32;

/** What a server writes of pictures, RGB on white: greedily. */
export async function captionPictures(
  client: TriptychClient,
  pictures: readonly Buffer[],
): Promise<string[]> {
  const texts: string[] = [];
  for (let i = 0; i < pictures.length; i += A_CALL) {
    const images = pictures.slice(i, i + A_CALL).map((data) => ({
      raw: { width: PICTURE_SIZE, height: PICTURE_SIZE, format: PixelFormat.PIXEL_FORMAT_RGB8, data },
    }));
    const { captions } = await client.caption({ images });
    for (const { text, error } of captions) {
      if (error) throw new TypeError(error.message);
      texts.push(text);
    }
  }
  return texts;
}
