import { readEmbedding, type TriptychClient } from '@triptych/client';
import { TriptychError } from '@triptych/core';

/** Whether a client that does nothing wrong still gets what it got before. */
export class Neighbour {
  private constructor(
    private readonly ask: () => Promise<Float32Array>,
    private readonly expected: Float32Array,
  ) {}

  static async of(client: TriptychClient, text: string): Promise<Neighbour> {
    const ask = async () => {
      const { results } = await client.encodeTexts({ texts: [text] });
      return readEmbedding(results[0].embedding!).values;
    };
    return new Neighbour(ask, await ask());
  }

  /** Throws INTERNAL where it suffers. */
  async check(): Promise<void> {
    const found = await this.ask();
    if (!found.every((value, i) => Math.abs(value - this.expected[i]) < 1e-5))
      throw new TriptychError('INTERNAL', 'a neighbour got another vector');
  }
}
