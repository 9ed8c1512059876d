import { type CheckpointFiles, fieldsOf, PROMPTS_FILE } from './module-files.js';

/** What a checkpoint has to be put before texts. */
export interface Prompts {
  /** By the name of what a text is for. */
  readonly prompts: Readonly<Record<string, string>>;
  /** The name of the one that a text has which asks for none. */
  readonly defaultPrompt: string | undefined;
}

/** Reads the prompts of `config_sentence_transformers.json`. Throws MODEL_CONFIG, also for a cut of every vector, which is not served. */
export function readPrompts(files: CheckpointFiles): Prompts {
  const fields = fieldsOf(files, PROMPTS_FILE);
  const prompts = fields.raw('prompts') ?? {};
  const name = fields.raw('default_prompt_name') ?? undefined;
  const isText = (value: unknown): value is Record<string, string> =>
    typeof value === 'object' && Object.values(value ?? {}).every((one) => typeof one === 'string');
  const names = isText(prompts) ? Object.keys(prompts) : [];
  if (!isText(prompts)) fields.problem('prompts must be texts by name');
  else if (name !== undefined && !names.some((one) => one === name))
    fields.problem(`default_prompt_name must be one of ${names.join(', ') || 'prompts'}`);
  if (fields.raw('truncate_dim') != null)
    fields.problem(
      `truncate_dim must be null, found ${JSON.stringify(fields.raw('truncate_dim'))}: requests say how many dimensions they want`,
    );
  fields.check('sentence-transformers configuration');
  return { prompts: prompts as Record<string, string>, defaultPrompt: name as string | undefined };
}
