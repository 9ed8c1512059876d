import type { Model__Output } from '@triptych/client';

/** By their numbers in the API. */
const states = ['', 'ready', 'loading', 'standby', 'failed', 'unloading', 'unloaded'];
const MIB = 1024 * 1024;
const COLUMNS = ['model', 'state', 'also named', 'writes', 'memory', 'loads', 'failed', 'last used'];

/** A model's state in a word; a server that knows none of states serves all that it lists. */
export function stateOf({ state }: Model__Output): string {
  return states[state] || 'ready';
}

/** What it writes beside its vectors. */
function writesOf({ captions, transcribes }: Model__Output): string[] {
  return [...(captions ? ['captions'] : []), ...(transcribes ? ['transcripts'] : [])];
}

/** Models, a line each, and below what loading them failed of last. */
export function modelsTable(models: readonly Model__Output[]): string {
  const rows = models.map((model) => [
    model.name,
    stateOf(model),
    model.aliases.join(', ') || '-',
    writesOf(model).join(', ') || '-',
    `${Math.round(model.memoryBytes / MIB)} MiB`,
    String(model.loads),
    String(model.failures),
    model.lastUse ? new Date(1000 * Number(model.lastUse.seconds)).toISOString() : 'never',
  ]);
  const all = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const lines = all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
  const failures = models.flatMap(({ name, lastFailure }) =>
    lastFailure ? [`${name}: last failure: ${lastFailure.reason}: ${lastFailure.message}`] : [],
  );
  return [...lines, ...failures].map((line) => `${line}\n`).join('');
}
