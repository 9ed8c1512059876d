import { encodersByModality, type Engine, type ServedModel } from '@triptych/engine';

/** OpenAI's list of models wants a date: when this server began to serve. */
const startedAt = Math.floor(Date.now() / 1000);

/** `GET /v1/models` */
export function listModels({ models }: Engine): object {
  return { object: 'list', data: models.models.map(describe) };
}

/** `GET /v1/models/{id}`. Throws MODEL_NOT_FOUND. */
export function getModel({ models }: Engine, name: string): object {
  return describe(models.get(name));
}

function describe(model: ServedModel): object {
  const { name, fingerprint, architecture, weightType, parameters } = model;
  return {
    id: name,
    object: 'model',
    created: startedAt,
    owned_by: 'triptych',
    fingerprint,
    architecture,
    weight_type: weightType,
    parameters,
    modalities: encodersByModality(model).map(([modality]) => modality),
    dimensions: Object.fromEntries(
      encodersByModality(model).map(([modality]) => [modality, dimensionsOf(model, modality)]),
    ),
  };
}

function dimensionsOf({ audio, image, text }: ServedModel, modality: 'audio' | 'image' | 'text'): number {
  if (modality === 'audio' && audio) return audio.dimensions(audio.poolings[0]);
  if (modality === 'image' && image) return image.dimensions(image.poolings[0]);
  return text?.dimensions(text.poolings[0]) ?? 0;
}
