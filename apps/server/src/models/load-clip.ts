import type { JsonObject } from '@triptych/core';
import type { ServedImage, ServedText } from '@triptych/engine';
import { clipConfig } from '@triptych/inference-core';
import { loadClipText } from './load-clip-text.js';
import { loadClipVision } from './load-clip-vision.js';
import type { LoadContext, LoadedEncoders } from './load-model.js';

/** Names the space of a tower's vectors: projected, the one that the model declares; of any other pooling, its own. */
export type TowerSpaces = (tower: 'image' | 'text') => (pooling: string) => string;

/** Starts the towers of a CLIP checkpoint side by side. */
export async function loadClip(context: LoadContext): Promise<LoadedEncoders> {
  const { metadata } = context.directory;
  const config: JsonObject = clipConfig(metadata.config);
  // What has no text tower is to have a vision tower: that one says what is missing.
  const hasText = config['text_config'] !== undefined;
  const hasVision = config['vision_config'] !== undefined || !hasText;
  // First asked for when all is loaded: the fingerprint is known then.
  const own = () => context.weights.identify().fingerprint.slice(0, 16);
  const spaces: TowerSpaces = (tower) => (pooling) =>
    pooling === 'projected' ? (metadata.space ?? own()) : `${own()}/${tower}/${pooling}`;
  const vision = hasVision ? loadClipVision(context, spaces) : undefined;
  const [image, text] = await both(vision, hasText ? loadClipText(context, spaces, vision) : undefined);
  return {
    ...(image ? { image } : {}),
    ...(text ? { text: text.served } : {}),
    ...(await shared(context, image, text)),
  };
}

/** Both, once both have ended: what has started when the other fails can then be closed. */
async function both<A, B>(a: A, b: B): Promise<[Awaited<A>, Awaited<B>]> {
  const [first, second] = await Promise.allSettled([a, b]);
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  return [first.value, second.value];
}

async function shared(
  { workers }: LoadContext,
  image: ServedImage | undefined,
  text: { readonly served: ServedText; readonly temperature: number | undefined } | undefined,
): Promise<Pick<LoadedEncoders, 'shared'>> {
  if (!image || text?.temperature === undefined) return {};
  const { temperature } = text;
  const space = { name: image.space('projected'), dimensions: image.dimensions('projected') };
  return { shared: { ...space, temperature, engine: await workers.engine() } };
}
