import { createRequire } from 'node:module';
import type * as ParquetWasm from 'parquet-wasm';

/** Required, not imported: reading what a CommonJS file of 100 KB exports would take as long as running it. */
export const parquetWasm = createRequire(import.meta.url)('parquet-wasm') as typeof ParquetWasm;
