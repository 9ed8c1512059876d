import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../transcribe_with_torch.py', import.meta.url));

/** What transformers on torch made of the recording. */
export interface TorchAnswer {
  readonly ms: number;
  readonly tokens: readonly number[];
}

/** transformers on torch, in a process of its own that computes when it is asked to. */
export class TorchSide {
  readonly #answers: AsyncIterator<string>;

  private constructor(
    private readonly child: ChildProcess,
    lines: AsyncIterable<string>,
  ) {
    this.#answers = lines[Symbol.asyncIterator]();
  }

  /** `python`: an interpreter that has torch and transformers. `pcm`: a file of 16-bit samples at 16 kHz. */
  static start(python: string, checkpoint: string, pcm: string, tokens: number): TorchSide {
    const child = spawn(python, [program, checkpoint, pcm, String(tokens)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return new TorchSide(child, createInterface({ input: child.stdout }));
  }

  async transcribe(): Promise<TorchAnswer> {
    this.child.stdin?.write('\n');
    const answer = await this.#answers.next();
    if (answer.done) throw new TypeError('the program on torch ended: see what it said above');
    return JSON.parse(answer.value) as TorchAnswer;
  }

  stop(): void {
    this.child.stdin?.end();
  }
}
