import { z } from 'zod';
import { onOff } from '../schemas.js';
import { define } from './setting.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** How the server shows and checks itself, and what it logs. */
export const operationSettings = {
  reflection: define({
    flag: '--reflection <on|off>',
    env: 'TRIPTYCH_REFLECTION',
    default: true,
    description: 'gRPC server reflection: on or off',
    schema: onOff,
  }),
  selfCheck: define({
    flag: '--self-check [on|off]',
    env: 'TRIPTYCH_SELF_CHECK',
    default: false,
    description: "hold each model to its directory's reference.json before serving, and end where it fails",
    schema: onOff,
  }),
  logLevel: define<LogLevel>({
    flag: '--log-level <level>',
    env: 'TRIPTYCH_LOG_LEVEL',
    default: 'info',
    description: 'debug, info, warn, error or silent; logs are JSON lines on standard error',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  }),
};
