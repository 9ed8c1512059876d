import type { InferenceSession } from 'onnxruntime-node';
import type { Device } from './device.js';

type Options = InferenceSession.SessionOptions;

/** What a session is made with on a device, but for its weights. `threads`: of one run; 0: as many as ONNX Runtime finds cores. */
export function sessionOptions(device: Device, threads: number): Options & { extra: { session: object } } {
  return {
    executionProviders: [providerOf(device)],
    // That operators on shapes stay on the CPU is no news.
    ...(device.kind === 'cpu' ? {} : { logSeverityLevel: 3 }),
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // The graph is written as it is to run: higher levels would fuse its layer norms into a slower kernel.
    graphOptimizationLevel: 'basic',
    // Freed and allocated anew by every run, large blocks fragment the heaps of a process with many threads; the
    // arena's high-water mark is that of one full context, which every model reaches soon anyway.
    enableCpuMemArena: true,
    // Threads spin between the operators of a run, where waking them would cost, and sleep between runs.
    extra: {
      session: {
        intra_op: { allow_spinning: '1' },
        force_spinning_stop: '1',
        // The arena would take them from regions of its own, beside the room that the file's own form has left.
        use_device_allocator_for_initializers: '1',
      },
    },
  };
}

function providerOf({ kind, index }: Device): NonNullable<Options['executionProviders']>[number] {
  return kind === 'cuda' ? { name: 'cuda', deviceId: index } : kind;
}
