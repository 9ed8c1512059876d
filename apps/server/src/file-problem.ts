import { messageOf } from '@triptych/core';

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file: a part of the path is no folder',
  EISDIR: 'is a folder; a file was expected',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
};

/** Why a file that somebody named cannot be read, in a few words. */
export function fileProblem(thrown: unknown): string {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? '';
  return problems[code] ?? `cannot be read: ${messageOf(thrown)}`;
}
