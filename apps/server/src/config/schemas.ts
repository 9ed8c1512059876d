import { DEVICE_PATTERN } from '@triptych/inference-core/device';
import { z } from 'zod';

/** Text as flags, variables and YAML have numbers; what Number() takes beyond it (`''`, `0x10`, `true`) is a mistake. */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** A whole number, of text too. */
export function count(min: number, max: number): z.ZodType<number, unknown> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return numeric(`a whole number ${range}`, (n) => Number.isSafeInteger(n) && n >= min && n <= max);
}

/** A number, of text too. */
export function ratio(min: number, max: number): z.ZodType<number, unknown> {
  return numeric(`a number from ${min} to ${max}`, (n) => n >= min && n <= max);
}

function numeric(expected: string, isValid: (value: number) => boolean): z.ZodType<number, unknown> {
  return z.unknown().transform((given, context) => {
    const value = typeof given === 'string' && NUMBER.test(given) ? Number(given) : given;
    if (typeof value === 'number' && isValid(value)) return value;
    context.addIssue({ code: 'custom', message: `expected ${expected}` });
    return z.NEVER;
  });
}

/** A switch: a boolean, or on, off, true or false. */
export const onOff: z.ZodType<boolean, unknown> = z
  .union([z.boolean(), z.enum(['on', 'off', 'true', 'false'])], { error: 'expected on or off' })
  .transform((value) => (typeof value === 'boolean' ? value : value === 'on' || value === 'true'));

const HOST_AND_PORT = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+(%[\w.-]+)?\]):(\d{1,5})$/;

/** A device by name, or `auto`. */
export const device: z.ZodType<string, unknown> = z
  .string({ error: 'expected a device' })
  .regex(DEVICE_PATTERN, { error: 'expected cpu, webgpu, cuda, cuda:N or auto' });

/** HOST:PORT, IPv6 addresses in brackets; `others` allows more. */
export function address(expected: string, others: (text: string) => boolean): z.ZodType<string, unknown> {
  return z.string({ error: `expected ${expected}` }).refine(
    (text) => {
      const port = HOST_AND_PORT.exec(text)?.[3];
      return others(text) || (port !== undefined && Number(port) <= 65_535);
    },
    { error: `expected ${expected}` },
  );
}

/** A host, with a port or without; an IPv6 address in brackets. */
export const host: z.ZodType<string, unknown> = z.string({ error: 'expected HOST or HOST:PORT' }).refine(
  (text) => {
    const [, port] = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(text) ?? [undefined, '0'];
    return port !== '0' && Number(port ?? 1) <= 65_535 && URL.canParse(`http://${text}`);
  },
  { error: 'expected HOST or HOST:PORT, such as images.example.org' },
);

/** A collector's URL, or nothing. Configuration is printed: a password has no place in it. */
export const collector: z.ZodType<string, unknown> = z
  .string({ error: 'expected text' })
  .refine((text) => text === '' || (/^https?:$/.test(protocolOf(text)) && text.includes('//')), {
    error: 'expected a URL of http or https, such as http://127.0.0.1:4318',
    abort: true,
  })
  .refine((text) => text === '' || !new URL(text).password, {
    error: 'expected a URL without a password; OTEL_EXPORTER_OTLP_HEADERS carries credentials',
  });

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : '';
}

/** One sentence on what a schema expected. Schemas may bring their own, which begins so. */
export function explain(issues: readonly z.core.$ZodIssue[]): string {
  const reasons = issues.map((issue) => {
    if (issue.message.startsWith('expected ')) return issue.message;
    if (issue.code === 'invalid_type') return `expected ${names[issue.expected] ?? issue.expected}`;
    if (issue.code === 'invalid_value') return `expected ${alternatives(issue.values.map(String))}`;
    if (issue.code === 'too_small' && issue.minimum === 1) return 'expected something that is not empty';
    if (issue.code === 'unrecognized_keys') return `expected no ${issue.keys.join(', ')}`;
    return issue.message;
  });
  return [...new Set(reasons)].join('; ');
}

const names: Readonly<Record<string, string>> = {
  string: 'text (in a file, quote what looks like a number or a switch)',
  array: 'a list',
  object: 'a mapping of names to values',
};

function alternatives(values: readonly string[]): string {
  return values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)!}`;
}
