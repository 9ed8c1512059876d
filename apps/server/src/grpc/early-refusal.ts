import type { Admission } from '@triptych/engine';
import type { CallCheck } from './refusal.js';

/** Unary methods by what their items are. What CrossModal compares may come as vectors, which take no encoder. */
const modalities: Readonly<Record<string, readonly string[]>> = {
  '/triptych.v1.AudioEncoder/Encode': ['audio'],
  '/triptych.v1.ImageEncoder/Encode': ['image'],
  '/triptych.v1.TextEncoder/Encode': ['text'],
  // Which of them its items are stands in its message.
  '/inference.GRPCInferenceService/ModelInfer': ['audio', 'image', 'text'],
  '/triptych.v1.CrossModal/Similarity': [],
  '/triptych.v1.CrossModal/Rank': [],
  '/triptych.v1.CrossModal/Classify': ['text'],
  '/triptych.v1.CrossModal/Fuse': [],
  '/triptych.v1.Captioner/Caption': ['image'],
  '/triptych.v1.Transcriber/Transcribe': ['audio'],
  '/triptych.v1.CrossModal/Match': ['text'],
};

/** Refuses calls that an overloaded server would refuse whatever they hold: reading their messages is what costs. */
export function earlyRefusal(admission: Admission): CallCheck {
  return ({ path, principal, deadline }) => {
    const needed = modalities[path];
    if (needed) admission.checkAny(principal, needed, deadline);
  };
}
