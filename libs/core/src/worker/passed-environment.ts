/**
 * What of the server's environment a worker's process needs: allocator, libraries, ONNX Runtime and its threads, graphics drivers. Tokens, passwords and
 * addresses are not among it, for a process of its own is where hostile bytes are read.
 */
const PASSED =
  /^(MALLOC_|ORT_|OMP_|KMP_|CUDA_|NVIDIA_|VK_|XDG_RUNTIME_DIR$|LD_LIBRARY_PATH$|NODE_V8_COVERAGE$|TMPDIR$|TEMP$|TZ$|SystemRoot$)/;

/** The environment of a worker's process. */
export function passedEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name)));
}
