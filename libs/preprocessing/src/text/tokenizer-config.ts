import { ConfigFields, type JsonObject } from '@triptych/core';

/** Classes that make their own normalizer, by what `tokenizer_config.json` says, in place of that of `tokenizer.json`. */
const bertClasses = ['BertTokenizer', 'MPNetTokenizer'];

/**
 * Throws MODEL_CONFIG naming every key of a `tokenizer_config.json` that asks for another tokenizer than the `tokenizer.json` beside it
 * describes: the reference obeys the former. What is left out counts as the class has it; without a class, that of the normalizer counts.
 */
export function checkTokenizerConfig(config: JsonObject, json: JsonObject): void {
  const fields = new ConfigFields(config, 'tokenizer_config.json ');
  const expect = (key: string, stated: boolean, found: boolean) => {
    if (stated !== found) fields.problem(`${key} is ${stated}; expected ${found}, as tokenizer.json has it`);
  };
  const named = fields.raw('tokenizer_class');
  const kind = typeof named === 'string' ? named.replace(/Fast$/, '') : undefined;
  const [normalizer, words] = [json['normalizer'], json['pre_tokenizer']].map(
    (one) => (one ?? {}) as JsonObject,
  );
  if (normalizer['type'] === 'BertNormalizer' && (kind === undefined || bertClasses.includes(kind))) {
    const lowers = fields.flag('do_lower_case', true);
    const written = new ConfigFields(normalizer, 'tokenizer.json normalizer.');
    const lowersThere = written.flag('lowercase', true);
    expect('do_lower_case', lowers, lowersThere);
    expect('strip_accents', fields.flag('strip_accents', lowers), written.flag('strip_accents', lowersThere));
    expect(
      'tokenize_chinese_chars',
      fields.flag('tokenize_chinese_chars', true),
      written.flag('handle_chinese_chars', true),
    );
  }
  if (words['type'] === 'ByteLevel' && kind === 'RobertaTokenizer')
    expect('add_prefix_space', fields.flag('add_prefix_space', false), words['add_prefix_space'] !== false);
  const direction = (json['truncation'] as JsonObject | null | undefined)?.['direction'];
  const side = fields.raw('truncation_side') ?? direction ?? 'right';
  if (typeof side !== 'string' || side.toLowerCase() !== 'right')
    fields.problem(
      `truncation_side must be right, found ${JSON.stringify(side)}: texts are cut at their end`,
    );
  fields.check('tokenizer');
}
