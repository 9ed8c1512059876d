import type { JsonObject } from '@triptych/core';

/** What models of one family are made of beside their configuration: who opens a model brings it. */
export interface ModelLayout {
  /** Triptych's name for the family, which `metadata.json` has under `architecture`. */
  readonly name: string;
  readonly names: TensorNames;
  readonly files: ModelFiles;
  /** A checkpoint's files of weights beside its main one, by what its text files say. Default: none. */
  readonly moreWeights?: (files: TextFiles) => readonly MoreWeights[];
  /** What text is generated with, which vectors do not depend on. Default: nothing. */
  readonly decoder?: DecoderLayout;
}

/**
 * A part of a model that none of its vectors depend on: it has a file of weights of its own, which whoever makes vectors never reads, and
 * a fingerprint of its own.
 */
export interface DecoderLayout {
  /** Finds the canonical names of its tensors. */
  readonly tensors: RegExp;
  /** Those of the model's text files, by their paths, that belong to it. */
  readonly files: readonly string[];
}

/**
 * Finds the layout of a model by the fields that say what it is; `source` is where they stand. Throws ARCHITECTURE_UNKNOWN.
 */
export type FindLayout = (keys: JsonObject, source: string) => ModelLayout;

/** How a checkpoint's tensors are named, and which of them a model keeps. Plain data: it goes to workers. */
export interface TensorNames {
  /** From the name that a file has to the canonical one: applied in order, each at most once. */
  readonly renames: readonly (readonly [find: RegExp, by: string])[];
  /** Finds the canonical names of the tensors that the model is made of. */
  readonly keeps: RegExp;
}

/**
 * Text files of a checkpoint that are part of the model beside `config.json` and `preprocessor_config.json`, by their paths: a hub
 * is asked for them, a conversion copies them, the fingerprint covers them.
 */
export interface ModelFiles {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Further optional ones, which those name that are there. */
  readonly namedIn?: (files: TextFiles) => readonly string[];
}

/** Contents of text files, by their paths within a model's folder. */
export type TextFiles = Readonly<Record<string, string>>;

/** A checkpoint's file of weights beside its main one. */
export interface MoreWeights {
  /** Within the checkpoint's folder. */
  readonly path: string;
  /** Put before the names of its tensors, before they are renamed. */
  readonly prefix: string;
}

/** The one name that Triptych has for a tensor, whatever wrote the file. Without names: the file's own. */
export function canonicalName(name: string, names: TensorNames | undefined): string {
  return (names?.renames ?? []).reduce((renamed, [find, by]) => renamed.replace(find, by), name);
}
