import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Assembled, assembleWeights, joinShares } from './assemble.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const demo = fileURLToPath(new URL('../../../../models/demo/whisper/weights.parquet', import.meta.url));

/** What a reader sees of tensors, wherever they lie. */
const contents = ({ tensors, parts, digests }: Assembled) =>
  Object.fromEntries(
    [...tensors].map(([name, { part, byteOffset, byteLength, shape, type }]) => [
      name,
      { bytes: Buffer.from(parts[part], byteOffset, byteLength), shape, type, digest: digests.get(name) },
    ]),
  );

describe('shares of a weights file', () => {
  it.each([
    ['that is decoded', fixture('arrow-engine-regrouped.parquet')],
    ['that is read where its tensors lie', demo],
  ])('are together the whole of one %s', async (_, path) => {
    const whole = contents(await assembleWeights({ path, upcast: false }));
    for (const of of [2, 3]) {
      const shares = await Promise.all(
        Array.from({ length: of }, (_, index) =>
          assembleWeights({ path, upcast: false, share: { index, of } }),
        ),
      );
      expect(shares.filter(({ tensors }) => tensors.size > 0).length).toBeGreaterThan(1);
      expect(contents(joinShares(shares))).toEqual(whole);
    }
  });

  it('may not have a tensor in common', async () => {
    const whole = await assembleWeights({ path: demo, upcast: false });
    expect(() => joinShares([whole, whole])).toThrow(/appears twice/);
  });
});
