import { randomBytes } from 'node:crypto';
import { TriptychError } from '@triptych/core';
import { METHOD_PATTERN, type TokenEntry, tokenHash } from '@triptych/server';
import { Command } from 'commander';

interface Options {
  readonly methods?: string[];
  readonly json?: boolean;
}

const help = `
Prints the token, which is nowhere else, and its entry for the file of triptych serve --tokens: a JSON document with a
list named tokens. The file holds only hashes; it is read again when it changes, so that tokens come and go without a
restart.

Examples:
  triptych token batch-job
  triptych token live-captions --methods '/triptych.v1.AudioEncoder/*' /triptych.v1.Models/List`;

/** `triptych token` */
export function tokenCommand(): Command {
  return new Command('token')
    .description('make a bearer token for a client')
    .argument('<name>', 'whose it is')
    .option('--methods <method...>', 'what it may call: /SERVICE/METHOD or /SERVICE/* (default: everything)')
    .option('--json', 'print both as JSON')
    .addHelpText('after', help)
    .action((name: string, { methods = ['*'], json }: Options) => {
      check(name, methods);
      const token = `triptych_${randomBytes(24).toString('base64url')}`;
      const entry: TokenEntry = { name, sha256: tokenHash(token), methods };
      if (json) process.stdout.write(`${JSON.stringify({ token, entry })}\n`);
      else process.stdout.write(`token  ${token}\nentry  ${JSON.stringify(entry)}\n`);
    });
}

/** Throws CONFIG_INVALID for what a token file would not take. */
function check(name: string, methods: readonly string[]): void {
  if (name.trim() === '')
    throw new TriptychError('CONFIG_INVALID', 'the name is empty; expected whose token it is');
  const wrong = methods.find((method) => !METHOD_PATTERN.test(method));
  if (wrong === undefined) return;
  throw new TriptychError(
    'CONFIG_INVALID',
    `--methods ${wrong}: expected *, /SERVICE/* or /SERVICE/METHOD, as in /triptych.v1.Models/List`,
  );
}
