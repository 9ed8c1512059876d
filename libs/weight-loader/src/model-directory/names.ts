/** Wrappers (`WhisperForConditionalGeneration`) put this before every name. */
const WRAPPER = 'model.';

/** Names that other converters give to tensors of the same meaning. */
const aliases: Record<string, string> = {
  'encoder.position_embedding': 'encoder.embed_positions.weight',
};

/** The one name Triptych uses for a tensor, whatever wrote the file. */
export function canonicalName(name: string): string {
  const bare = name.startsWith(WRAPPER) ? name.slice(WRAPPER.length) : name;
  return aliases[bare] ?? bare;
}
