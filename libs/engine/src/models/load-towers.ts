import type { WeightSet } from '@triptych/core';
import { Decoder, Encoder, type EncoderOptions, type Tower, type TowerItem } from '@triptych/inference-core';
import type { CaptionDecoder, MatchTower } from '@triptych/text-encoder';
import { type Modality, type ModalTower, type Scores, towersOf } from '@triptych/model-families';
import { DECODER_LIMITS } from '../items/generated-text.js';
import type { LoadContext, LoadedTowers } from './load-context.js';
import { servedSpeech } from './start-speech.js';
import type {
  ServedAudio,
  ServedCaption,
  ServedImage,
  ServedMatch,
  ServedText,
  SharedScores,
} from './served-model.js';

/** Starts a model's towers side by side. */
export async function loadTowers(context: LoadContext): Promise<LoadedTowers> {
  const { model, directory } = context.open;
  const loading = new Loading(context);
  let before: Promise<unknown> | undefined;
  const starting = towersOf(model).map((one) => (before = loading.start(one, before)));
  if (model.caption) starting.push(loading.startCaption(model.caption, before));
  if (model.match) starting.push(loading.startMatch(model.match, before));
  // All have ended: what has started when another fails can then be closed.
  const ended = await Promise.allSettled(starting);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  // Spaces are named by it.
  await context.weights.identify();
  const { speech } = model;
  const { decoder } = directory;
  return {
    ...loading.served,
    ...(speech && decoder ? { speech: servedSpeech(speech, decoder, context) } : {}),
    ...(await loading.shared()),
  };
}

/** A model whose towers are being started. */
class Loading {
  readonly served: {
    audio?: ServedAudio;
    image?: ServedImage;
    text?: ServedText;
    match?: ServedMatch;
    caption?: ServedCaption;
  } = {};
  #scores: Scores | undefined;

  constructor(private readonly context: LoadContext) {}

  /** Weights that have to be decoded are so `after` that. */
  async start(one: ModalTower, after: Promise<unknown> | undefined): Promise<void> {
    const { workers, name, signal, started } = this.context;
    if (one.modality === 'text') {
      const { tower } = one;
      const preprocessor = await started(workers.tokenizer(name, tower.tokenizer(), signal));
      tower.checkEmptyText((await preprocessor.tokenize('', tower.maxTokens, { signal })).ids);
      const encoder = await this.#encoder(tower, 'text', after);
      this.served.text = {
        ...tower,
        encoder,
        preprocessor,
        space: (...of) => this.#space(tower.ownSpace(...of)),
      };
    } else if (one.modality === 'image') {
      const { tower } = one;
      const [encoder, preprocessor] = await Promise.all([
        this.#encoder(tower, 'image', after),
        workers.image(),
      ]);
      this.served.image = {
        ...tower,
        encoder,
        preprocessor,
        space: (...of) => this.#space(tower.ownSpace(...of)),
      };
    } else {
      const { tower } = one;
      const encoder = await this.#encoder(tower, 'audio', after);
      this.served.audio = {
        ...tower,
        encoder,
        // After the model: on two cores its decompression needs both.
        preprocessor: await workers.audio(),
        space: (...of) => this.#space(tower.ownSpace(...of)),
      };
    }
  }

  /** What encodes a text together with an image: it has the text tower's weights, too. */
  async startMatch(tower: MatchTower, after: Promise<unknown> | undefined): Promise<void> {
    const encoder = await this.context.started(
      Encoder.start(tower, this.#options(tower.tensors, 'match', after)),
    );
    this.served.match = { ...tower, encoder, space: () => this.#space('match') };
  }

  /** What writes captions of images. */
  async startCaption(captioner: CaptionDecoder, after: Promise<unknown> | undefined): Promise<void> {
    const { workers, name, signal, started, settings, logger } = this.context;
    const { weights, threads, isolation } = this.#options(captioner.tensors, 'caption', after);
    // Of 8 beams of 30 tokens, which have room for 64, from an image of 384 pixels 80 MB each.
    const limits = { ...DECODER_LIMITS, maxWaiting: settings.queueItems };
    const preprocessor = await started(workers.tokenizer(name, captioner.tokenizer(), signal));
    const decoder = await started(
      Decoder.start(captioner.network, {
        name: `${name}/caption`,
        weights,
        threads,
        isolation,
        limits,
        signal,
        logger,
      }),
    );
    this.served.caption = { ...captioner, decoder, preprocessor };
  }

  /** Where image and text meet, if the model says how they are compared. */
  async shared(): Promise<{ shared?: SharedScores }> {
    const { image, text } = this.served;
    if (!image || !text || !this.#scores) return {};
    const [pooling] = image.poolings;
    const space = { name: image.space(pooling), dimensions: image.dimensions(pooling) };
    return { shared: { ...space, scores: this.#scores, engine: await this.context.workers.engine() } };
  }

  #encoder<Item extends TowerItem>(
    tower: Tower<Item>,
    modality: Modality,
    after: Promise<unknown> | undefined,
  ): Promise<Encoder<Item>> {
    return this.context.started(Encoder.start(tower, this.#options(tower.tensors, modality, after)));
  }

  /** How an encoder is run. */
  #options(
    tensors: RegExp | undefined,
    modality: Modality | 'match' | 'caption',
    after: Promise<unknown> | undefined,
  ): EncoderOptions {
    const { name, settings, placement, weights, signal, logger, observer } = this.context;
    return {
      name: `${name}/${modality}`,
      weights: async () => this.#noteScores(modality, await weights.read(tensors, { after, signal })),
      threads: settings.threads,
      instances: settings.instances,
      isolation: settings.isolation,
      placement,
      queue: { maxItems: settings.queueItems, maxBytes: settings.queueBytes },
      signal,
      observer: observer.queue(`${name}/${modality}`),
      logger,
    };
  }

  #noteScores(modality: Modality | 'match' | 'caption', weights: WeightSet): WeightSet {
    const { scoring } = this.context.open.model;
    if (scoring?.readWith === modality) this.#scores ??= scoring.read(weights);
    return weights;
  }

  /** Names a space: one of the model's own, or the one that its vectors share with other models'. */
  #space(own: string | undefined): string {
    const { open, weights } = this.context;
    const fingerprint = () => weights.identity.fingerprint.slice(0, 16);
    if (own !== undefined) return `${fingerprint()}/${own}`;
    return open.directory.metadata.space ?? fingerprint();
  }
}
