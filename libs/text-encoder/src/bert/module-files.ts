import { ConfigFields, type JsonObject, parseFile, TriptychError } from '@triptych/core';

/** Contents of a checkpoint's files by their path in it. */
export type CheckpointFiles = Readonly<Record<string, string | undefined>>;

export const MODULES_FILE = 'modules.json';
export const PROMPTS_FILE = 'config_sentence_transformers.json';

/** Where the settings of a checkpoint's Transformer are: the first of these that has any field counts. */
export const transformerFiles = [
  'sentence_bert_config.json',
  'sentence_roberta_config.json',
  'sentence_distilbert_config.json',
  'sentence_camembert_config.json',
  'sentence_albert_config.json',
  'sentence_xlm-roberta_config.json',
  'sentence_xlnet_config.json',
] as const;

/** Folders that sentence-transformers gives to modules with a configuration: their place and their class. */
const moduleFolders = [
  '1_Pooling',
  ...['2_Dense', '3_Dense', '4_Dense'],
  ...['2_Normalize', '3_Normalize', '4_Normalize', '5_Normalize'],
];

/** What sentence-transformers puts beside a checkpoint, as far as it has to do with vectors. */
export const sentenceFiles: readonly string[] = [
  MODULES_FILE,
  PROMPTS_FILE,
  ...transformerFiles,
  ...moduleFolders.map((folder) => `${folder}/config.json`),
];

/** The fields of a file; none where it is not there. Throws WEIGHTS_CORRUPT. */
export function fieldsOf(files: CheckpointFiles, name: string): ConfigFields {
  const text = files[name];
  return new ConfigFields(text === undefined ? {} : (parseFile(text, name) as JsonObject), `${name} `);
}

/** The fields of a module's own file, which must be there: its defaults are not the checkpoint's. Throws WEIGHTS_MISSING. */
export function moduleFields(files: CheckpointFiles, name: string): ConfigFields {
  if (files[name] !== undefined) return fieldsOf(files, name);
  throw new TriptychError('WEIGHTS_MISSING', `${name}: no such file; ${MODULES_FILE} has its module`);
}

/** Notes each field that is set and is not among those that are known: nobody can say what it would change. */
export function refuseOthers(fields: ConfigFields, known: readonly string[]): void {
  for (const key of fields.keys) {
    if (fields.raw(key) !== null && !known.includes(key))
      fields.problem(`${key} is not known; expected one of ${known.join(', ')}`);
  }
}
