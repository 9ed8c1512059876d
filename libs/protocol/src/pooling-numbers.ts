import { Pooling } from './gen/triptych/v1/Pooling.js';

/** Numbers of the API's poolings, by the words that the engine, the command line and other protocols have for them. */
export const poolingNumbers = {
  mean: Pooling.POOLING_MEAN,
  'mean-valid': Pooling.POOLING_MEAN_VALID,
  class: Pooling.POOLING_CLS,
  end: Pooling.POOLING_EOS,
  projected: Pooling.POOLING_PROJECTED,
  none: Pooling.POOLING_NONE,
} as const;
