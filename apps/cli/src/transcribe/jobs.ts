import type { TranscribeStreamConfig, TriptychClient } from '@triptych/client';
import { messageOf, TriptychError } from '@triptych/core';
import { exchange } from '../encode/exchange.js';
import type { AudioSource } from '../encode/sources.js';
import { isCallError } from '../errors/explain.js';
import type { FileProgress } from '../output/progress.js';
import type { TranscriptEnd, TranscriptFormat } from './formats.js';
import type { TranscriptOutput } from './outputs.js';

/** Recordings that are transcribed at a time: enough to keep decoding ahead of inference, and to fill its batches. */
const CONCURRENCY = 4;

/** How transcripts are written. */
export interface Writing {
  readonly formatOf: (recording: string) => TranscriptFormat;
  readonly outputOf: (recording: string) => Promise<TranscriptOutput>;
}

/** Recordings that are transcribed, a few side by side. */
export class TranscriptionJobs {
  #isStopped = false;

  constructor(
    private readonly client: TriptychClient,
    private readonly request: Omit<TranscribeStreamConfig, 'format'>,
    private readonly writing: Writing,
    private readonly progress: FileProgress,
  ) {}

  stop(): void {
    this.#isStopped = true;
    process.exitCode = 130;
  }

  /** A recording that fails is reported, and others go on. Throws CallError of a request that is refused for each. */
  async run(sources: readonly AudioSource[]): Promise<void> {
    const waiting = [...sources];
    const work = async () => {
      for (let source = waiting.shift(); source && !this.#isStopped; source = waiting.shift())
        await this.#transcribe(source);
    };
    try {
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
    } finally {
      waiting.length = 0;
    }
  }

  async #transcribe(source: AudioSource): Promise<void> {
    const { name } = source;
    const format = this.writing.formatOf(name);
    const output = await this.writing.outputOf(name);
    let isAccepted = false;
    try {
      await output.write(format.begin());
      const end = await this.#listen(
        source,
        (text) => output.write(text),
        format,
        () => (isAccepted = true),
      );
      await output.write(format.end(end));
      await output.close();
      this.progress.done();
    } catch (thrown) {
      await output.discard();
      if (!isItsOwn(thrown, isAccepted)) throw thrown;
      this.progress.failed(`${name}: ${messageOf(thrown).replace(`${name}: `, '')}`);
    }
  }

  async #listen(
    source: AudioSource,
    write: (text: string) => Promise<void>,
    format: TranscriptFormat,
    onAccepted: () => void,
  ): Promise<TranscriptEnd> {
    const call = this.client.streamTranscript();
    call.configure({ ...this.request, format: source.format });
    let ready: TranscriptEnd['ready'] | undefined;
    let language = '';
    for await (const answer of exchange(call, source)) {
      if (answer.ready) {
        ({ ready } = answer);
        onAccepted();
      }
      if (answer.update) {
        language = answer.update.language;
        for (const segment of answer.update.segments) {
          await write(format.segment(segment));
          this.progress.part();
        }
      }
      if (ready && answer.summary) return { ready, summary: answer.summary, language };
    }
    throw new TriptychError('INTERNAL', `${source.name}: the server ended without a summary`);
  }
}

/** True for what is wrong with one recording, not with what is asked for of each. */
function isItsOwn(thrown: unknown, isAccepted: boolean): boolean {
  if (isCallError(thrown))
    return isAccepted && thrown.details !== undefined && thrown.details.reason !== 'PARAMETER_INVALID';
  return thrown instanceof TriptychError && thrown.reason === 'FILE_UNREADABLE';
}
