/** Whether a name is that of a file in a directory itself: no path, and nothing that another system takes for one. */
export function isPlainName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    !/[\\/\0]/.test(name) &&
    !/^[a-z]:/i.test(name) &&
    !['', '.', '..'].includes(name)
  );
}

/** Whether a name is that of a file below a directory, in plain folders: `folder/file`. */
export function isPlainPath(name: unknown): name is string {
  return typeof name === 'string' && name.split('/').every(isPlainName);
}
