import { fstatSync } from 'node:fs';
import { readRange } from '@triptych/core';
import { MAGIC } from './format.js';

/** That of a hundred thousand tensors is shorter. */
const LONGEST_FOOTER_BYTES = 64 * 1024 * 1024;
/** After the footer: its length, and the magic bytes. */
export const TAIL_BYTES = 4 + MAGIC.byteLength;

/** All that comes after the row groups of an open file, by what its end says of its length; undefined where there is no such end. */
export function readFooter(file: number): Buffer | undefined {
  const { size } = fstatSync(file);
  const tail = Buffer.from(readRange(file, Math.max(0, size - TAIL_BYTES), TAIL_BYTES));
  if (tail.byteLength < TAIL_BYTES || !tail.subarray(4).equals(MAGIC)) return undefined;
  const length = tail.readUInt32LE() + TAIL_BYTES;
  if (length > Math.min(LONGEST_FOOTER_BYTES, size)) return undefined;
  return Buffer.from(readRange(file, size - length, length));
}
