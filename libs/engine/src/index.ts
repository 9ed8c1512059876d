export { Admission, type Admitted, type AdmissionLimits, type Load } from './admission/admission.js';
export { Arriving, type HeldBytes } from './admission/arrivals.js';
export { BoundedAnswers } from './admission/bounded-answers.js';
export { CallLimit } from './admission/call-limit.js';
export type { LaneName } from './admission/lane.js';
export { overloaded } from './admission/overloaded.js';
export { ADDRESS_RATIO, FEW, Shares } from './admission/shares.js';
