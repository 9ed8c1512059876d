// What a reader is told to type: the commands of README.md and of the examples in each command's --help.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `{ from, command }` of each, once, in their order. */
export function documentedCommands(clone) {
  const found = [...readmeCommands(clone), ...helpCommands(clone)];
  const seen = new Set();
  return found.filter(({ command }) => !seen.has(command) && seen.add(command));
}

function readmeCommands(clone) {
  const readme = readFileSync(join(clone, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block);
  return blocks.flatMap((block) => {
    const lines = block
      .split('\n')
      .map((line) => line.replace(/\s+#\s.*$/, ''))
      .filter((line) => line.trim() !== '');
    // What sets a variable or activates an environment and what needs it are one command.
    const commands = /^\w+=\$\(|\bactivate$/m.test(block) ? [lines.join('\n')] : lines;
    return commands.map((command) => ({ from: 'README', command }));
  });
}

function helpCommands(clone) {
  const main = readFileSync(join(clone, 'apps/cli/src/main.ts'), 'utf8');
  const names = [...main.matchAll(/import\('\.\/commands\/(\w+)\.js'\)/g)].map(([, name]) => name);
  return names.flatMap((name) => {
    const source = readFileSync(join(clone, `apps/cli/src/commands/${name}.ts`), 'utf8');
    const [, examples = ''] = /Examples?:\n((?: {2}.*\n?)*)/.exec(source) ?? [];
    return examples.split('\n').flatMap((line) => {
      // Two spaces before it, several between it and what it does.
      const [, command] = /^ {2}(\S.*?)(?: {2,}.*)?(?:`;)?$/.exec(line) ?? [];
      return command
        ? [{ from: name, command: command.replace(/(^|[|]\s|\s)triptych /, '$1npx triptych ') }]
        : [];
    });
  });
}
