import { convertCheckpoint } from '@triptych/model-families';
import { join } from 'node:path';
import { ServerProcess } from './server-process.js';
import { median } from './statistics.js';

/** One model in float16, converted both ways: by the directory of each. */
export interface Converted {
  readonly plain: string;
  readonly packed: string;
}

/** Converts the checkpoint in `hf` of a folder. */
export async function convertBoth(work: string): Promise<Converted> {
  const models = { plain: join(work, 'plain'), packed: join(work, 'packed') };
  const request = { source: join(work, 'hf'), dtype: 'float16', converterVersion: 'bench' } as const;
  await convertCheckpoint({ ...request, target: models.plain, compression: 'none' });
  await convertCheckpoint({ ...request, target: models.packed, compression: 'zstd' });
  return models;
}

/** What loading takes, in alternating order, each time in a process of its own. */
export async function measureLoads(
  { plain, packed }: Converted,
  rounds: number,
): Promise<Record<string, number>> {
  const times: Record<string, number[]> = { [plain]: [], [packed]: [] };
  for (let round = 0; round < rounds; round++) {
    for (const model of [plain, packed]) {
      const server = await ServerProcess.start(model);
      times[model].push((await server.report()).loadMs);
      await server.stop();
    }
  }
  return {
    'uncompressed Parquet → ready, ms': median(times[plain]),
    'Parquet as zstd → ready, ms': median(times[packed]),
  };
}
