import { TriptychError } from '../errors/triptych-error.js';

/** `JSON.parse` whose error says where it failed, and quotes nothing of the text: it may be a file that is nobody's to show. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const position = /at position (\d+)/.exec((thrown as SyntaxError).message)?.[1];
    throw new SyntaxError(`not valid JSON${position === undefined ? '' : `, from position ${position} on`}`);
  }
}

/** The JSON of a model's file, by its name. Throws WEIGHTS_CORRUPT. */
export function parseFile(text: string, name: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new TriptychError('WEIGHTS_CORRUPT', `${name}: not valid JSON`, { cause });
  }
}
