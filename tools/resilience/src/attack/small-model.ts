import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertCheckpoint } from '@triptych/model-families';
import { whisperJson, writeSyntheticCheckpoint } from '@triptych/reference';

/** What a server must be started with to have the small model, and its name. */
export interface SmallModel {
  readonly name: string;
  readonly flags: readonly string[];
}

/**
 * A Whisper of one narrow layer, for as long as `work` takes: what a stream leaves behind does not depend on its encoder, and with
 * this one hundreds of hours are sent in minutes.
 */
export async function withSmallModel<T>(work: (model: SmallModel) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'triptych-small-'));
  try {
    const [source, target] = [join(folder, 'hf'), join(folder, 'small')];
    const size = { d_model: 64, encoder_layers: 1, encoder_attention_heads: 1, num_mel_bins: 80 };
    await writeSyntheticCheckpoint(source, whisperJson(size));
    await convertCheckpoint({ source, target, dtype: 'float32', converterVersion: 'attack' });
    return await work({ name: 'small', flags: ['--model', `small=${target}`] });
  } finally {
    await rm(folder, { recursive: true });
  }
}
