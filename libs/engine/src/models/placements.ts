import type { Logger } from '@triptych/core';
import { choosePlacement, type Placement, type PlacementWish } from '@triptych/inference-core';
import type { EncoderSettings } from '../settings.js';

/** Where models run. Each device is tried once, with the first model that is to run there. */
export class Placements {
  readonly #chosen = new Map<string, Promise<Placement>>();

  constructor(
    private readonly settings: Pick<EncoderSettings, 'device' | 'precision' | 'batchTokens'>,
    private readonly logger: Logger,
  ) {}

  /** Of a model that asks for a device or a precision, or for none. Throws CONFIG_INVALID or DEVICE_UNAVAILABLE. */
  of({ device, precision }: Partial<Pick<PlacementWish, 'device' | 'precision'>>): Promise<Placement> {
    const { settings } = this;
    const wish: PlacementWish = {
      device: device ?? settings.device,
      // Halves that others are computed in are no wish of a model that names the CPU.
      precision: precision ?? (device === 'cpu' ? 'float32' : settings.precision),
      batchTokens: settings.batchTokens,
    };
    const key = `${wish.device} ${wish.precision}`;
    const known = this.#chosen.get(key);
    if (known) return known;
    const choosing = this.#choose(wish);
    this.#chosen.set(key, choosing);
    // A device that was missing may be there for the next model.
    choosing.catch(() => this.#chosen.delete(key));
    return choosing;
  }

  async #choose(wish: PlacementWish): Promise<Placement> {
    const { placement, why } = await choosePlacement(wish);
    if (wish.device !== 'cpu') {
      const { kernels, batchTokens } = placement;
      const { precision, fusedAttention } = kernels;
      this.logger.info({ asked: wish.device, precision, fusedAttention, batchTokens }, `device: ${why}`);
    }
    return placement;
  }
}
