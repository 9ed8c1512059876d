import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const folder = new URL('../golden/tokenizers/', import.meta.url);

/** A file of the golden tokenizers, by its name without `.json.gz`: its text. */
export function goldenTokenizerFile(name: string): string {
  return gunzipSync(readFileSync(fileURLToPath(new URL(`${name}.json.gz`, folder)))).toString();
}

/** The files that a checkpoint with such a tokenizer has. */
export function goldenTokenizer(name: string): Record<'tokenizer.json' | 'tokenizer_config.json', string> {
  return {
    'tokenizer.json': goldenTokenizerFile(`${name}.tokenizer`),
    'tokenizer_config.json': goldenTokenizerFile(`${name}.tokenizer_config`),
  };
}
