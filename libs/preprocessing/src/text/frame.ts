import { type JsonObject, TriptychError } from '@triptych/core';

/** Ids of the tokens that stand around every text. */
export interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Reads a post-processor of a `tokenizer.json`, null being none. Throws for one that it does not know. */
export function readFrame(json: JsonObject | null | undefined): Frame {
  if (!json) return { before: [], after: [] };
  const read = postProcessors[json['type'] as string];
  if (!read) throw new TriptychError('MODEL_CONFIG', `post-processor ${String(json['type'])} is not known`);
  return read(json);
}

const postProcessors: Readonly<Record<string, (json: JsonObject) => Frame>> = {
  ByteLevel: () => ({ before: [], after: [] }),
  BertProcessing: clsAndSep,
  RobertaProcessing: clsAndSep,
  TemplateProcessing: template,
  // Each one goes around what the ones before it made.
  Sequence: (json) =>
    (json['processors'] as JsonObject[]).map(readFrame).reduce((inner, outer) => ({
      before: [...outer.before, ...inner.before],
      after: [...inner.after, ...outer.after],
    })),
};

function clsAndSep(json: JsonObject): Frame {
  const { cls, sep } = json as { cls: [string, number]; sep: [string, number] };
  return { before: [cls[1]], after: [sep[1]] };
}

interface Template {
  readonly single: readonly { readonly SpecialToken?: { readonly id: string } }[];
  readonly special_tokens: Readonly<Record<string, { readonly ids: readonly number[] }>>;
}

function template(json: JsonObject): Frame {
  const { single, special_tokens: special } = json as unknown as Template;
  const text = single.findIndex(({ SpecialToken: token }) => token === undefined);
  const idsOf = (part: Template['single']) =>
    part.flatMap(({ SpecialToken: token }) => (token ? special[token.id].ids : []));
  return { before: idsOf(single.slice(0, text)), after: idsOf(single.slice(text + 1)) };
}
