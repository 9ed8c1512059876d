import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { problemOf, TriptychError } from '@triptych/core';
import { checkWritable } from '../output/check-writable.js';
import { drained } from '../output/drained.js';
import { extensionOf, type FormatName, isSubtitles } from './formats.js';

/** Where the transcript of one recording goes. */
export interface TranscriptOutput {
  write(text: string): Promise<void>;
  /** All of it is written. */
  close(): Promise<void>;
  /** It came to nothing. */
  discard(): Promise<void>;
}

export interface OutputPlan {
  readonly format: FormatName;
  /** A file; for several recordings, a folder. Default: standard output. */
  readonly output: string | undefined;
  readonly recordings: readonly string[];
  readonly areSeveral: boolean;
}

/** Outputs of recordings, checked before anything is transcribed. Throws CONFIG_INVALID. */
export async function planOutputs({
  format,
  output,
  recordings,
  areSeveral,
}: OutputPlan): Promise<(recording: string) => Promise<TranscriptOutput>> {
  if (output === undefined) {
    if (areSeveral && isSubtitles(format))
      throw new TriptychError(
        'CONFIG_INVALID',
        `--format ${format} needs --output FOLDER for several recordings: each has subtitles of its own`,
      );
    return () => Promise.resolve(areSeveral ? standardOutputAtOnce() : standardOutput);
  }
  if (!areSeveral) {
    await checkWritable('--output', output);
    return () => fileOutput(output);
  }
  const files = new Map<string, string>();
  for (const recording of recordings) {
    const name = `${basename(recording, extname(recording))}.${extensionOf(format)}`;
    const other = files.get(name);
    if (other !== undefined)
      throw new TriptychError(
        'CONFIG_INVALID',
        `--output ${output}: ${other} and ${recording} would both be written to ${name}; transcribe one after the other`,
      );
    files.set(name, recording);
  }
  try {
    await mkdir(output, { recursive: true });
  } catch (cause) {
    throw new TriptychError('CONFIG_INVALID', `--output ${output}: ${problemOf(cause)}`, { cause });
  }
  const paths = new Map([...files].map(([name, recording]) => [recording, join(output, name)]));
  return (recording) => fileOutput(paths.get(recording)!);
}

const standardOutput: TranscriptOutput = {
  async write(text) {
    if (!process.stdout.write(text)) await drained(process.stdout);
  },
  close: () => Promise.resolve(),
  discard: () => Promise.resolve(),
};

/** Several are transcribed side by side: each is written when all of it is there. */
function standardOutputAtOnce(): TranscriptOutput {
  const texts: string[] = [];
  return {
    write(text) {
      texts.push(text);
      return Promise.resolve();
    },
    close: () => standardOutput.write(texts.join('')),
    discard: () => Promise.resolve(),
  };
}

/** A file that appears under its name when it is complete. */
async function fileOutput(path: string): Promise<TranscriptOutput> {
  const partial = `${path}.${process.pid}.partial`;
  const file = await open(partial, 'w');
  return {
    write: (text) => file.appendFile(text),
    async close() {
      await file.close();
      await rename(partial, path);
    },
    async discard() {
      await file.close().catch(() => undefined);
      await rm(partial, { force: true });
    },
  };
}
