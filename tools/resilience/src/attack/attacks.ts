import type { Attack } from './attack.js';
import { tokenizer } from './l-tokenizer.js';
import { quiet } from './quiet.js';

/** Every attack by its name: the letter of its line in docs/attacks.md, and what it does. */
export const attacks: Readonly<Record<string, Attack>> = {
  quiet,
  'l-tokenizer': tokenizer,
};
