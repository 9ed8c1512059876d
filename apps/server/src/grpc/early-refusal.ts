import type { Admission } from './admission.js';
import type { CallCheck } from './refusal.js';

/** Unary methods by what their items are: see the lanes of {@link Admission}. */
const modalities: Readonly<Record<string, string>> = {
  '/triptych.v1.AudioEncoder/Encode': 'audio',
  '/triptych.v1.ImageEncoder/Encode': 'image',
  '/triptych.v1.TextEncoder/Encode': 'text',
};

/** Refuses calls that an overloaded server would refuse whatever they hold: reading their messages is what costs. */
export function earlyRefusal(admission: Admission): CallCheck {
  return ({ path, deadline }) => {
    const modality = modalities[path];
    if (modality !== undefined) admission.checkAny(modality, deadline);
  };
}
