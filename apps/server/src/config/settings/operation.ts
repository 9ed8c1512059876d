import { z } from 'zod';
import { count, onOff } from '../schemas.js';
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
  collectIdle: define({
    flag: '--collect-idle <on|off>',
    env: 'TRIPTYCH_COLLECT_IDLE',
    default: true,
    description:
      'whether idle threads collect what a load left behind, and the system gets free memory back: on, or off, as V8 and the allocator do by themselves',
    schema: onOff,
  }),
  stepBack: define({
    flag: '--step-back <on|off>',
    env: 'TRIPTYCH_STEP_BACK',
    default: true,
    description:
      'whether threads that compute or decode give way to the event loop by their niceness (Linux): on or off',
    schema: onOff,
  }),
  threadHeapMb: define({
    flag: '--thread-heap-mb <mb>',
    env: 'TRIPTYCH_THREAD_HEAP_MB',
    default: 16,
    description:
      "room for old objects that a thread's heap begins with; more lets garbage lie for longer; 0: as V8 has it",
    schema: count(0, 1024),
  }),
  logLevel: define<LogLevel>({
    flag: '--log-level <level>',
    env: 'TRIPTYCH_LOG_LEVEL',
    default: 'info',
    description: 'debug, info, warn, error or silent; logs are JSON lines on standard error',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  }),
};
