import { parseArgs } from 'node:util';
import { attacks } from './attack/attacks.js';
import { printFacts } from './report.js';

const names = Object.keys(attacks);
const help = `Attacks a server of this clone, with default flags, one attack after the other, and says whether what must hold did; ends
with 1 where it did not. Attackers run at the priority of everybody else. What each does: docs/attacks.md.

  npm run attack -- [--only NAME,…] [--full] [--times judge|report] [--json]

  --only    names, or letters of them: ${names.join(', ')}
  --full    streams as long as real ones, attacks to their end; default: a sample of each
  --times   whether what took too long counts as what did not hold, or is told alone, as on a busy machine; default: judge
  --json    one JSON document a line
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    full: { type: 'boolean' },
    times: { type: 'string', default: 'judge' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const wanted = values.only?.split(',') ?? names;
const unknown = wanted.filter((name) => !names.some((known) => matches(known, name)));
if (values.help) process.stdout.write(help);
else if (unknown.length > 0) {
  process.stderr.write(`--only ${unknown.join(',')}: expected some of ${names.join(', ')}\n`);
  process.exitCode = 2;
} else if (!['judge', 'report'].includes(values.times)) {
  process.stderr.write(`--times ${values.times}: expected judge or report\n`);
  process.exitCode = 2;
} else {
  for (const name of names.filter((known) => wanted.some((one) => matches(known, one)))) await runOne(name);
}

function matches(known: string, wanted: string): boolean {
  return known === wanted || known.startsWith(`${wanted}-`);
}

async function runOne(name: string): Promise<void> {
  const attack = attacks[name];
  const started = performance.now();
  if (!values.json) process.stdout.write(`\n${name}: ${attack.title}\n`);
  const report = await attack.run(values.full ? 'full' : 'sample');
  const { facts, slow = [] } = report;
  const problems = values.times === 'report' ? report.problems : [...report.problems, ...slow];
  if (values.times === 'report') for (const what of slow) process.stderr.write(`slow: ${what}\n`);
  const seconds = Math.round((performance.now() - started) / 1000);
  printFacts(
    values.json ? { attack: name, ...facts, seconds, problems: problems.join('; ') } : { ...facts, seconds },
    values.json ?? false,
  );
  for (const problem of problems) process.stderr.write(`NOT SO: ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
