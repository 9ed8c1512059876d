import { TriptychError, type WeightSet } from '@triptych/core';
import { readImageRecipe } from '@triptych/preprocessing';
import { Pooling } from '@triptych/protocol';
import { endOfText, readTextConfig, startTextEncoder, type TextPooling } from '@triptych/text-encoder';
import { readVisionConfig, startVisionEncoder, type VisionPooling } from '@triptych/vision-encoder';
import { encoderOptions } from './encoder-options.js';
import type { LoadContext, LoadedEncoders } from './load-model.js';

const visionPoolings: Readonly<Record<number, VisionPooling>> = {
  [Pooling.POOLING_UNSPECIFIED]: 'projected',
  [Pooling.POOLING_CLS]: 'class',
  [Pooling.POOLING_PROJECTED]: 'projected',
  [Pooling.POOLING_NONE]: 'none',
};

const textPoolings: Readonly<Record<number, TextPooling>> = {
  [Pooling.POOLING_UNSPECIFIED]: 'projected',
  [Pooling.POOLING_EOS]: 'end',
  [Pooling.POOLING_PROJECTED]: 'projected',
  [Pooling.POOLING_NONE]: 'none',
};

/** Tensors of the vision tower; the text tower has all others. */
const VISION = /^(vision_model\.|visual_projection\.)/;
const TEXT = /^(?!vision_model\.|visual_projection\.)/;

/** Starts both towers of a CLIP checkpoint. */
export async function loadClip(context: LoadContext): Promise<LoadedEncoders> {
  const { directory, weights, preprocessing } = context;
  const { metadata, preprocessor, tokenizer } = directory;
  const vision = readVisionConfig(metadata.config, preprocessor);
  const text = readTextConfig(metadata.config);
  const recipe = readImageRecipe(preprocessor ?? {}, vision.imageSize);
  const started: { close(): Promise<void> }[] = [];
  try {
    const imageEncoder = await startVisionEncoder(
      vision,
      encoderOptions(context, 'image', () => weights.read(VISION)),
    );
    started.push(imageEncoder);
    let temperature: number | undefined;
    const textEncoder = await startTextEncoder(
      text,
      encoderOptions(context, 'text', async () => {
        const read = await weights.read(TEXT);
        temperature ??= Math.exp(scalar(read, 'logit_scale'));
        return read;
      }),
    );
    started.push(textEncoder);
    const { fingerprint } = weights.identify();
    const tokenize = await (await preprocessing.text()).open(tokenizer);
    const { ids } = await tokenize('', text.positions);
    if (endOfText(ids, text) !== ids.length - 1 || ids.some((id) => id >= text.vocabulary)) {
      throw new TriptychError(
        'MODEL_CONFIG',
        `the tokenizer frames a text with tokens ${ids.join(' and ')}; the text encoder looks for token ` +
          `${text.endOfText ?? 'of the highest id'} at its end, below ${text.vocabulary}`,
      );
    }
    const own = fingerprint.slice(0, 16);
    const name = metadata.space ?? own;
    const space = (tower: string) => (pooling: string) =>
      pooling === 'projected' ? name : `${own}/${tower}/${pooling}`;
    const dimensions =
      ({ projection, blocks }: typeof vision | typeof text) =>
      (pooling: string) =>
        pooling === 'projected' ? projection : blocks.width;
    return {
      image: {
        encoder: imageEncoder,
        config: vision,
        preprocessor: await preprocessing.image(),
        poolings: visionPoolings,
        dimensions: dimensions(vision),
        recipe,
        space: space('image'),
      },
      text: {
        encoder: textEncoder,
        config: text,
        preprocessor: tokenize,
        poolings: textPoolings,
        dimensions: dimensions(text),
        space: space('text'),
      },
      shared: { name, dimensions: vision.projection, temperature: temperature ?? 1 },
    };
  } catch (thrown) {
    await Promise.all(started.map((encoder) => encoder.close()));
    throw thrown;
  }
}

/** Throws TENSOR_MISSING or TENSOR_SHAPE. */
function scalar({ tensors, parts }: WeightSet, name: string): number {
  const tensor = tensors.get(name);
  if (!tensor)
    throw new TriptychError('TENSOR_MISSING', `tensor ${name} is missing; expected one number`, {
      field: name,
    });
  const { part, byteOffset, byteLength, shape } = tensor;
  if (byteLength === 4) return new Float32Array(parts[part], byteOffset, 1)[0];
  throw new TriptychError(
    'TENSOR_SHAPE',
    `tensor ${name}: expected one number, found [${shape.join(', ')}]`,
    { field: name },
  );
}
