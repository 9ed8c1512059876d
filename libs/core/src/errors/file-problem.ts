const problems: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'exists already',
  EISDIR: 'is a directory; expected a file',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a part of this path is a file; expected a directory',
  ENOTEMPTY: 'the directory is not empty',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
};

/** What the operating system says of a file, without its own codes; undefined where something else was thrown. */
export function fileProblem(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code, path, syscall } = thrown as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined || !(code in problems)) return undefined;
  return path === undefined ? problems[code] : `${path}: ${problems[code]}`;
}

/** The same without the path, for a message that names it in its own way; of anything else its message. */
export function problemOf(thrown: unknown): string {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? '';
  return problems[code] ?? (thrown instanceof Error ? thrown.message : String(thrown));
}
