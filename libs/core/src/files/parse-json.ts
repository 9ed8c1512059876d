/** `JSON.parse` whose error says where it failed, and quotes nothing of the text: it may be a file that is nobody's to show. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const position = /at position (\d+)/.exec((thrown as SyntaxError).message)?.[1];
    throw new SyntaxError(`not valid JSON${position === undefined ? '' : `, from position ${position} on`}`);
  }
}
