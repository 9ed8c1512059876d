import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { TriptychClient } from '@triptych/client';
import { fileWithin, TriptychError } from '@triptych/core';
import type { ModelFamily } from '@triptych/model-families';
import { compareVectors, readReference, REFERENCE_FILE } from '@triptych/engine';
import { createLogger, readConfig, startServer } from '@triptych/server';
import { Command } from 'commander';
import { checkWritable } from '../output/check-writable.js';
import { fraction } from '../output/numbers.js';
import { FileProgress } from '../output/progress.js';
import { encodeItem } from '../validate/encode-reference.js';
import { digits, factsOf, htmlReport, type Validation } from '../validate/report.js';

interface Options {
  readonly reference?: string;
  readonly minCosine?: number;
  readonly minCorrelation?: number;
  readonly html?: string;
  readonly json?: boolean;
}

/** What passes where no flag says otherwise. */
const thresholds = {
  float: { minCosine: 0.99999, minCorrelation: 0.9999 },
  int8: { minCosine: 0.98, minCorrelation: 0.99 },
} as const;

const defaults = (which: 'minCosine' | 'minCorrelation') =>
  `default: ${thresholds.float[which]}, of int8 weights ${thresholds.int8[which]}`;

const help = `
The reference holds inputs and the vectors that the original implementation makes of them; write one with
tools/reference/make_reference.py (Python, torch, transformers). Inputs go through a server, as clients send them.
The exit code is 1 where a cosine, or the correlation of all similarities, is below its threshold.

Examples:
  triptych validate models/demo/clip
  triptych validate ./clip --reference clip-reference.json --html report.html
  triptych validate ./clip-int8 --reference clip-reference.json --min-cosine 0.99 --json`;

/** `triptych validate` */
export function validateCommand(): Command {
  return new Command('validate')
    .description("hold a model directory to the original implementation's vectors")
    .argument('<dir>', 'model directory')
    .option('--reference <file>', `reference vectors (default: ${REFERENCE_FILE} in the directory)`)
    .option('--min-cosine <x>', `lowest cosine of an input that passes (${defaults('minCosine')})`, fraction)
    .option(
      '--min-correlation <x>',
      `lowest correlation of similarities that passes (${defaults('minCorrelation')})`,
      fraction,
    )
    .option('--html <file>', 'write a report with plots')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', help)
    .action(async (directory: string, options: Options) => {
      if (options.html !== undefined) await checkWritable('--html', options.html);
      const validation = await validate(directory, options);
      if (options.html !== undefined) await writeFile(options.html, htmlReport(validation));
      process.stdout.write(options.json ? `${JSON.stringify(validation)}\n` : summary(validation));
      if (!validation.passed) process.exitCode = 1;
    });
}

/**
 * Holds a model directory to a reference's vectors. `families`: those that it may be of; default: all that Triptych has. Throws
 * FILE_UNREADABLE, bad-weights errors, and as encoding does.
 */
export async function validate(
  directory: string,
  options: Options,
  families?: readonly ModelFamily[],
): Promise<Validation> {
  const path = options.reference ?? (await fileWithin(directory, REFERENCE_FILE));
  if (!existsSync(path)) {
    throw new TriptychError(
      'FILE_UNREADABLE',
      `${path}: no such file; make one with tools/reference/make_reference.py and name it with --reference`,
    );
  }
  const { madeBy, versions, items } = await readReference(path);
  const config = readConfig(
    { models: [directory], listen: '127.0.0.1:0', logLevel: 'error', drainMs: 0 },
    {},
  );
  const server = await startServer(config, createLogger(config.logLevel), { families });
  const client = new TriptychClient(server.address);
  const bar = new FileProgress('validating', items.length);
  try {
    const found: Float32Array[] = [];
    for (const item of items) {
      found.push(await encodeItem(client, item));
      bar.done();
    }
    const comparison = compareVectors(items, found);
    const [model] = server.models.models;
    const limits = {
      ...thresholds[model.weightType === 'int8' ? 'int8' : 'float'],
      ...(options.minCosine === undefined ? {} : { minCosine: options.minCosine }),
      ...(options.minCorrelation === undefined ? {} : { minCorrelation: options.minCorrelation }),
    };
    const problems = problemsOf(comparison, limits);
    return {
      model: model.name,
      fingerprint: model.fingerprint,
      reference: { path, madeBy, versions },
      ...comparison,
      thresholds: limits,
      problems,
      passed: problems.length === 0,
    };
  } finally {
    bar.stop();
    client.close();
    await server.drain();
  }
}

function problemsOf(
  { items, similarityCorrelation }: Pick<Validation, 'items' | 'similarityCorrelation'>,
  { minCosine, minCorrelation }: Validation['thresholds'],
): string[] {
  // What is no number passes nothing.
  const low = items.filter(({ cosine }) => !(cosine >= minCosine));
  const problems = low.map(({ input, cosine }) => `${input}: cosine ${digits(cosine)}, below ${minCosine}`);
  if (!(similarityCorrelation >= minCorrelation))
    problems.push(`similarities correlate by ${digits(similarityCorrelation)}, below ${minCorrelation}`);
  return problems;
}

function summary(validation: Validation): string {
  const { problems, passed } = validation;
  const facts = [...factsOf(validation), ['result', passed ? 'passed' : 'failed'] as const];
  const lines = facts.map(([key, value]) => `${key.padEnd(14)}${value}\n`);
  return [...lines, ...problems.map((problem) => `  ${problem}\n`)].join('');
}
