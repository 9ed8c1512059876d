import type { Logger } from '@triptych/core';
import type { DecodeJob } from './decode-job.js';
import { DecoderSupply } from './decoder-supply.js';
import { Lane, type LanePlan } from './lane.js';

export interface ImageDecodersOptions {
  /** Of each lane. */
  readonly decoders: number;
  /** Longest that decoding one image may take, in milliseconds of a core. */
  readonly timeoutMs: number;
  readonly logger?: Logger | undefined;
}

/** Memory of all images that are decoded at a time in a lane. */
const LANE_BYTES = 512_000_000;
const IDLE_MS = 10_000;

/**
 * From the cheapest to the dearest: each lane's images take some five times of those before, and wait for nothing dearer. A
 * 640 × 480 JPEG is small, a phone's photograph of 12 megapixels is third.
 */
function lanePlans(decoders: number): readonly LanePlan[] {
  const small = { memoryBytes: LANE_BYTES, stopsCancelled: false };
  const large = { memoryBytes: LANE_BYTES, stopsCancelled: true, idleMs: IDLE_MS };
  return [
    { ...small, upToMs: 40, decoders, niceness: 0, idleMs: Infinity },
    { ...small, upToMs: 200, decoders, niceness: 2, idleMs: IDLE_MS },
    { ...large, upToMs: 1000, decoders, niceness: 5 },
    { ...large, upToMs: Infinity, decoders, niceness: 8 },
  ];
}

/** Processes that decode images, and the order in which they take them. */
export class ImageDecoders {
  readonly #lanes: readonly Lane[];
  readonly #plans: readonly LanePlan[];

  private constructor(
    private readonly supply: DecoderSupply,
    { decoders, timeoutMs, logger }: ImageDecodersOptions,
  ) {
    const reroute = (job: DecodeJob) => this.add(job);
    this.#plans = lanePlans(decoders);
    this.#lanes = this.#plans.map((plan) => new Lane({ plan, supply, timeoutMs, reroute, logger }));
  }

  /** Rejects where no decoder starts. */
  static async start(options: ImageDecodersOptions): Promise<ImageDecoders> {
    const supply = new DecoderSupply(options.logger);
    await supply.prepare();
    return new ImageDecoders(supply, options);
  }

  /** Takes a job to the lane of its cost. */
  add(job: DecodeJob): void {
    if (job.isSettled) return;
    if (job.isAvif) void this.supply.expectAvif();
    this.#lanes[this.#plans.findIndex(({ upToMs }) => job.expected.ms <= upToMs)].add(job);
  }

  /** Ends every decoder at once; what they hold is rejected. */
  async close(): Promise<void> {
    for (const lane of this.#lanes) lane.close();
    await this.supply.close();
  }
}
