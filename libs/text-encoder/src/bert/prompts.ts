import { type CheckpointFiles, fieldsOf, PROMPTS_FILE } from './module-files.js';

/** What a checkpoint has to be put before texts. */
export interface Prompts {
  /** By the name of what a text is for. */
  readonly prompts: Readonly<Record<string, string>>;
  /** What is put before a text for which none is named. */
  readonly defaultPrompt: string;
}

/** Reads the prompts of `config_sentence_transformers.json`. Throws MODEL_CONFIG, also for a cut of every vector, which is not served. */
export function readPrompts(files: CheckpointFiles): Prompts {
  const fields = fieldsOf(files, PROMPTS_FILE);
  const prompts = fields.raw('prompts') ?? {};
  const name = fields.raw('default_prompt_name') ?? undefined;
  if (!isTexts(prompts)) fields.problem('prompts must be texts by name');
  else if (name !== undefined && !Object.keys(prompts).some((one) => one === name))
    fields.problem(`default_prompt_name must be one of ${Object.keys(prompts).join(', ') || 'prompts'}`);
  const cut = fields.raw('truncate_dim') ?? undefined;
  if (cut !== undefined)
    fields.problem(`truncate_dim must be null, found ${JSON.stringify(cut)}: a request says its dimensions`);
  fields.check('sentence-transformers configuration');
  const texts = prompts as Readonly<Record<string, string>>;
  return { prompts: texts, defaultPrompt: name === undefined ? '' : texts[name as string] };
}

function isTexts(value: object): value is Readonly<Record<string, string>> {
  return Object.values(value).every((one) => typeof one === 'string');
}
