import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { abortError, messageOf, TriptychError } from '@triptych/core';

/** A form: its files are bytes; fields whose name ends with `[]` are lists. */
export type Form = Readonly<Record<string, string | Buffer | readonly string[]>>;

/** How forms are read. */
export interface FormReader {
  /** Between two steps: lets others have their turn. */
  readonly pause: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** What a form may hold beside its file. */
const limits = {
  files: 1,
  fields: 32,
  parts: 33,
  fieldSize: 128 * 1024,
  headerPairs: 16,
  headerSize: 8 * 1024,
};
/** As RFC 2046 has it; looking for longer ones takes longer. */
const LONGEST_BOUNDARY = 70;
/** Parsed at a time. */
const STEP_BYTES = 64 * 1024;

/** Reads a body of multipart/form-data, in turns with others. Its file is a copy. Throws MESSAGE_MALFORMED, and what the call is ended with. */
export async function readForm(
  body: Buffer,
  contentType: string,
  { pause, signal }: FormReader,
): Promise<Form> {
  const form: Record<string, string | Buffer | string[]> = Object.create(null) as object as never;
  const files: { readonly name: string; readonly pieces: Buffer[] }[] = [];
  const parser = parserOf(contentType);
  const refuse = (problem: string, field?: string) =>
    parser.destroy(new TriptychError('MESSAGE_MALFORMED', problem, { field }));
  // The parser's types say that every part has a name, which is not so.
  const isNew = (name: string | undefined): name is string => {
    if (name === undefined) refuse('a part has no name');
    else if (name in form && !isList(name)) refuse(`${name} comes more than once; expected one`, name);
    else return true;
    return false;
  };
  parser
    .on('file', (name, file) => {
      // The parser itself says what is wrong with it.
      file.on('error', () => undefined).resume();
      if (!isNew(name)) return;
      const pieces: Buffer[] = [];
      form[name] = Buffer.alloc(0);
      files.push({ name, pieces });
      file.on('data', (piece: Buffer) => pieces.push(piece));
    })
    .on('field', (name, value, _isNameCut, isCut) => {
      if (!isNew(name)) return;
      if (isCut) refuse(`${name} has more than ${limits.fieldSize} bytes`, name);
      const before = form[name];
      if (isList(name)) form[name] = Array.isArray(before) ? [...before, value] : [value];
      else form[name] = value;
    })
    .on('filesLimit', () => refuse('the form has several files; expected one'))
    .on('fieldsLimit', () => refuse(`the form has more than ${limits.fields} fields`))
    .on('partsLimit', () => refuse(`the form has more than ${limits.parts} parts`));
  try {
    await pipeline(stepsOf(body, pause), parser, { signal });
  } catch (thrown) {
    if (signal.aborted) throw abortError(signal);
    if (thrown instanceof TriptychError) throw thrown;
    throw malformed(messageOf(thrown), thrown);
  }
  for (const { name, pieces } of files) form[name] = Buffer.concat(pieces);
  return form;
}

function isList(name: string): boolean {
  return name.endsWith('[]');
}

function parserOf(contentType: string): BusboyInstance {
  const boundary = /boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(contentType)?.slice(1).join('') ?? '';
  if (boundary === '' || boundary.length > LONGEST_BOUNDARY)
    throw malformed(`the content-type has no boundary of 1 to ${LONGEST_BOUNDARY} characters`);
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits });
  } catch (cause) {
    throw malformed(messageOf(cause), cause);
  }
}

async function* stepsOf(body: Buffer, pause: () => Promise<void>): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += STEP_BYTES) {
    yield body.subarray(at, at + STEP_BYTES);
    await pause();
  }
}

function malformed(problem: string, cause?: unknown): TriptychError {
  return new TriptychError(
    'MESSAGE_MALFORMED',
    `the body is no form that can be read: ${problem}; expected multipart/form-data`,
    {
      cause,
    },
  );
}
