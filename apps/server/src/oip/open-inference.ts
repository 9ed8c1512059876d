import type { Engine } from '@triptych/engine';
import type { ModelControl } from '../models/model-control.js';
import { oipModels } from './models/oip-model.js';
import type { ExecutionStatistics } from './statistics/execution-statistics.js';
import { RequestStatistics } from './statistics/request-statistics.js';

/** What the Open Inference Protocol is served with, through whichever door. */
export interface OpenInference {
  readonly engine: Engine;
  readonly control: ModelControl;
  /** Of requests through its doors. */
  readonly requests: RequestStatistics;
  /** Of encoders, whoever asked. */
  readonly executions: ExecutionStatistics;
  /** Whether every model can answer. */
  readonly isReady: () => boolean;
}

export function openInference(
  engine: Engine,
  control: ModelControl,
  executions: ExecutionStatistics,
  isReady: () => boolean,
): OpenInference {
  const requests = new RequestStatistics();
  engine.models.onChange(() => requests.keep(oipModels(engine)));
  return { engine, control, requests, executions, isReady };
}
