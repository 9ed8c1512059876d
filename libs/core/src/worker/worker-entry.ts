/**
 * URL of a worker's compiled file beside the module at `moduleUrl`.
 * Tests run a library from its sources; its workers run from the build all the same.
 */
export function workerEntry(moduleUrl: string, file: string): URL {
  const url = new URL(file, moduleUrl);
  if (moduleUrl.endsWith('.ts')) url.pathname = url.pathname.replace('/src/', '/dist/');
  return url;
}
