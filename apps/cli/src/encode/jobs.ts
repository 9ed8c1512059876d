import { AudioEncoding, type TriptychClient } from '@triptych/client';
import { messageOf, TriptychError } from '@triptych/core';
import { isCallError } from '../errors/explain.js';
import type { VectorWriter } from '../output/vector-writer.js';
import type { EncodedVector, Progress } from './encoded-vector.js';
import { encodeAudio } from './encode-audio.js';
import { encodeImages } from './encode-images.js';
import { encodeTexts, type TextSource } from './encode-texts.js';
import { announce, type AudioRequest, type Identity, type TextRequest } from './identity.js';
import type { AudioSource } from './sources.js';

/** Audio files that are streamed at a time: enough to keep decoding ahead of inference. */
const CONCURRENCY = 4;

export interface Inputs {
  readonly audio: readonly AudioSource[];
  readonly images: readonly string[];
  readonly texts: readonly TextSource[];
}

/** What is encoded, modality by modality. */
export class EncodeJobs {
  #isStopped = false;

  constructor(
    private readonly client: TriptychClient,
    private readonly request: Omit<AudioRequest, 'format'> & TextRequest,
    private readonly writer: VectorWriter,
    private readonly progress: Progress,
  ) {}

  stop(): void {
    this.#isStopped = true;
    process.exitCode = 130;
  }

  /** Asks first which models answer, so that a request that a model refuses fails before anything is encoded. */
  async run({ audio, images, texts }: Inputs): Promise<void> {
    const format = audio[0]?.format ?? { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
    const { model, options, promptName } = this.request;
    const ofTexts = { model, options, ...(promptName === undefined ? {} : { promptName }) };
    const heard =
      audio.length > 0 ? await announce(this.client, 'audio', { ...this.request, format }) : undefined;
    const seen = images.length > 0 ? await announce(this.client, 'image', { model, options }) : undefined;
    const read = texts.length > 0 ? await announce(this.client, 'text', ofTexts) : undefined;
    await this.writer.begin([heard, seen, read].filter((identity) => identity !== undefined));
    if (heard) await this.#audio(audio, heard);
    if (seen) await this.#write(encodeImages(this.client, images, { model, options }, seen, this.progress));
    if (read) await this.#write(encodeTexts(this.client, texts, ofTexts, read, this.progress));
  }

  /** A few sources side by side. */
  async #audio(sources: readonly AudioSource[], identity: Identity): Promise<void> {
    const waiting = [...sources];
    const onWindowError = (message: string) => this.progress.partFailed(message);
    const work = async () => {
      for (let source = waiting.shift(); source && !this.#isStopped; source = waiting.shift()) {
        const { name } = source;
        try {
          const windows = encodeAudio(this.client, source, this.request, identity, onWindowError);
          for await (const window of windows) {
            await this.writer.write(window);
            this.progress.part();
          }
          this.progress.done();
        } catch (thrown) {
          const isItsOwn = isCallError(thrown)
            ? thrown.details !== undefined
            : thrown instanceof TriptychError && thrown.reason === 'FILE_UNREADABLE';
          if (!isItsOwn) {
            waiting.length = 0;
            throw thrown;
          }
          this.progress.failed(`${name}: ${messageOf(thrown).replace(`${name}: `, '')}`);
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  async #write(vectors: AsyncIterable<EncodedVector>): Promise<void> {
    if (this.#isStopped) return;
    for await (const vector of vectors) {
      await this.writer.write(vector);
      this.progress.part();
      if (this.#isStopped) return;
    }
  }
}
