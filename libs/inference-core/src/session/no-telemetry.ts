/**
 * ONNX Runtime's builds report their use to their maker, over HTTPS, and keep a database in the home directory, unless this
 * variable is set before the library is loaded. A server says nothing to anyone that it was not told to: who wants it
 * otherwise sets `ORT_DISABLE_TELEMETRY=0`.
 */
export function disableTelemetry(): void {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
}
