import type { Engine, ModelStatus } from '@triptych/engine';

/** OpenAI's list of models wants a date: when this server began to serve. */
const startedAt = Math.floor(Date.now() / 1000);

/** `GET /v1/models` */
export function listModels({ models }: Engine): object {
  return { object: 'list', data: models.known.map(describe) };
}

/** `GET /v1/models/{id}`. Throws MODEL_NOT_FOUND. */
export function getModel({ models }: Engine, name: string): object {
  return describe(models.get(name));
}

function describe({ name, state, card }: ModelStatus): object {
  const {
    fingerprint,
    architecture,
    weightType,
    device,
    precision,
    parameters,
    audio,
    image,
    text,
    caption,
    speech,
  } = card;
  const dimensions = {
    ...(audio ? { audio: audio.dimensions(audio.poolings[0]) } : {}),
    ...(image ? { image: image.dimensions(image.poolings[0]) } : {}),
    ...(text ? { text: text.dimensions(text.poolings[0]) } : {}),
  };
  return {
    id: name,
    object: 'model',
    created: startedAt,
    owned_by: 'triptych',
    state,
    fingerprint,
    architecture,
    weight_type: weightType,
    device,
    precision,
    parameters,
    modalities: Object.keys(dimensions),
    dimensions,
    captions: caption,
    transcribes: speech,
  };
}
