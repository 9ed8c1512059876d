import { TriptychError } from '@triptych/core';
import type { Engine, ModelStatus } from '@triptych/engine';
import type { Modality } from '@triptych/model-families';
import type { FlightDescriptor, FlightInfo } from '@triptych/protocol';
import { encapsulated, schemaMessage } from './arrow/message.js';
import type { Field, Schema } from './arrow/schema.js';
import { type Command, descriptorTypes, modalities } from './command.js';
import { planOutput } from './output.js';

/** An encoder of a model: a flight. */
export interface Flight {
  readonly served: ModelStatus;
  readonly modality: Modality;
}

/** Of the format: as many rows as are sent. */
const UNKNOWN = -1;

/** Every encoder that is offered, of the models by a name or of all. Throws MODEL_NOT_FOUND. */
export function flights({ models }: Engine, name: string): Flight[] {
  const listed = name === '' ? models.known : [models.get(name)];
  return listed
    .filter(({ state }) => state !== 'unloaded' && state !== 'unloading')
    .flatMap((served) =>
      modalities.flatMap((modality) => (served.card[modality] ? [{ served, modality }] : [])),
    );
}

/** What a command is answered by. Throws MODEL_NOT_FOUND or MODALITY_NOT_SERVED. */
export function findFlight(engine: Engine, { model, modality }: Command): Flight {
  const found = flights(engine, model).find((flight) => flight.modality === modality);
  if (found) return found;
  throw new TriptychError('MODALITY_NOT_SERVED', `no ${modality} is taken by ${model || 'any model'}`, {
    field: 'flight_descriptor',
  });
}

/** The schema of what comes back for a table of one column, in a message of its own. */
export function flightSchema(flight: Flight, command: Partial<Command>): Buffer {
  return encapsulated(schemaMessage(outputOf(flight, command)));
}

/** What a descriptor is answered by; by default the one that names the flight by its path. */
export function flightInfo(
  flight: Flight,
  command: Partial<Command> = {},
  descriptor?: FlightDescriptor,
): FlightInfo {
  const { served, modality } = flight;
  return {
    schema: flightSchema(flight, command),
    flightDescriptor: descriptor ?? { type: descriptorTypes.path, path: [served.name, modality] },
    totalRecords: UNKNOWN,
    totalBytes: UNKNOWN,
    ordered: true,
    appMetadata: Buffer.from(JSON.stringify(describeFlight(flight))),
  };
}

/** What can be told of an encoder. */
export function describeFlight({ served, modality }: Flight): Readonly<Record<string, unknown>> {
  const { name, version, state, card } = served;
  const { architecture, fingerprint } = card;
  const { poolings, dimensions } = encoderOf({ served, modality });
  return {
    model: name,
    ...(version && { version }),
    modality,
    state,
    architecture,
    fingerprint,
    space: spaceOf({ served, modality }),
    dimensions: dimensions(poolings[0]),
    poolings,
    ...(card.audio &&
      modality === 'audio' && { sample_rate: card.audio.sampleRate, contexts: card.audio.contexts }),
    ...(card.text && modality === 'text' && { max_tokens: card.text.maxTokens }),
  };
}

function outputOf(
  flight: Flight,
  { dimensions, pooling, numbers = 'float32', column }: Partial<Command>,
): Schema {
  const { served, modality } = flight;
  const encoder = encoderOf(flight);
  const chosen = encoder.poolings.find((one) => one === pooling) ?? encoder.poolings[0];
  const field: Field = {
    name: column ?? modality,
    nullable: true,
    type: { name: modality === 'text' ? 'utf8' : 'binary', parameters: [] },
    children: [],
    metadata: [],
  };
  const { fingerprint, device, precision } = served.card;
  const stamp = { model: served.name, fingerprint, space: spaceOf(flight), device, precision };
  const values = dimensions || encoder.dimensions(chosen);
  return planOutput({ fields: [field], metadata: [] }, { numbers }, values, stamp).schema;
}

type Encoder = NonNullable<ModelStatus['card'][Modality]>;

function encoderOf({ served, modality }: Flight): Pick<Encoder, 'poolings' | 'dimensions'> {
  const encoder = served.card[modality];
  if (!encoder) throw new TriptychError('INTERNAL', `${served.name} has no ${modality} encoder`);
  return encoder;
}

function spaceOf({ served: { card }, modality }: Flight): string {
  const { audio, image, text } = card;
  if (modality === 'audio' && audio) return audio.space(audio.poolings[0], audio.contexts[0]);
  const encoder = modality === 'image' ? image : text;
  return encoder?.space(encoder.poolings[0]) ?? '';
}
