import type { ServerDuplexStream } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import {
  type AudioClip,
  type BatchStream,
  type BatchStreamSummary,
  type Engine,
  type EngineCall,
  inFieldAsync,
} from '@triptych/engine';
import type { FlightData, FlightData__Output } from '@triptych/protocol';
import type { RequestedImage } from '@triptych/validation';
import { messages } from '../grpc/call.js';
import { takeMessage } from '../grpc/messages/unread-message.js';
import { layoutsOf } from './arrow/layout.js';
import { readMessageHeader, schemaMessage } from './arrow/message.js';
import { readSchema, type Schema } from './arrow/schema.js';
import { type Command, readDescriptor } from './command.js';
import { findContent, type Item } from './content.js';
import { planOutput, writeRows } from './output.js';
import { sliceRows, type Taken } from './slice-rows.js';

/** What comes in, whatever goes out. */
export type IncomingRows = ServerDuplexStream<FlightData__Output, never>;

/** Where rows go: resolves once they have been taken. */
export type WriteRows = (data: FlightData) => Promise<void>;

/**
 * Rows that are encoded and sent together: enough for full batches of an encoder, few enough that the first are soon there. The engine has several such
 * groups of a stream in work: as many rows as it takes of one call or batch.
 */
const rowsTogether = { text: 64, image: 16, audio: 8 } as const;

/**
 * Encodes the rows that come in, and gives `write` their schema and then the rows themselves, in order, while more come: no more of them are
 * read than are computed and taken. Throws ARROW_*, COLUMN_UNEXPECTED, PARAMETER_INVALID, STREAM_NO_CONFIG and all that the engine throws.
 */
export async function exchangeRows(
  engine: Engine,
  call: IncomingRows,
  context: EngineCall,
  write: WriteRows,
): Promise<BatchStreamSummary> {
  const held = new Set<() => void>();
  const take = (unread: FlightData__Output): Taken => {
    const { message, leave } = takeMessage(unread);
    const left = () => {
      held.delete(left);
      leave();
    };
    held.add(left);
    return { message, leave: left };
  };
  try {
    const incoming = messages(call, context.signal, take);
    const { command, schema } = await readStart(engine, incoming);
    const layouts = layoutsOf(schema);
    const content = findContent(schema, command);
    const stream = await inFieldAsync('flight_descriptor', () => open(engine, command, context));
    try {
      const { stamp, dimensions, maxBatchItems } = stream.ready;
      const output = planOutput(schema, command, dimensions, stamp);
      await write({ dataHeader: schemaMessage(output.schema) });
      const most = Math.min(rowsTogether[command.modality], maxBatchItems);
      const sampleRate = engine.models.find(stamp.model)?.card.audio?.sampleRate;
      const slices = sliceRows(incoming, { layouts, content, output, most, sampleRate });
      let nulls = 0;
      const { batches, items, failed } = await stream.run(slices, async ({ tag, results }) => {
        nulls += tag.nulls.size;
        if (tag.to > tag.from) await write(writeRows(tag, results, output));
        tag.leave?.();
      });
      return { batches, items: items + nulls, failed: failed + nulls };
    } finally {
      stream.close();
    }
  } finally {
    for (const leave of held) leave();
  }
}

/** The descriptor, which the first message has, and the schema, which the first one with a header is. */
async function readStart(
  engine: Engine,
  incoming: AsyncGenerator<Taken, void>,
): Promise<{ readonly command: Command; readonly schema: Schema }> {
  let command: Command | undefined;
  for (;;) {
    // A `for await` would end the generator.
    const next = await incoming.next();
    if (next.done)
      throw new TriptychError(
        'STREAM_NO_CONFIG',
        command
          ? 'the stream ended without a schema'
          : 'the first message must have a descriptor; found none',
        { field: command ? 'data_header' : 'flight_descriptor' },
      );
    const { message, leave } = next.value;
    if (!command) {
      if (!message.flightDescriptor)
        throw new TriptychError('STREAM_NO_CONFIG', 'the first message must have a descriptor; found none', {
          field: 'flight_descriptor',
        });
      command = readDescriptor(engine, message.flightDescriptor);
    }
    const { dataHeader, dataBody } = message;
    if (dataHeader.length > 0) {
      const { kind, header } = readMessageHeader(dataHeader, dataBody.length);
      if (kind !== 'schema')
        throw new TriptychError('STREAM_NO_CONFIG', 'rows came before their schema', {
          field: 'data_header',
        });
      const schema = readSchema(header);
      leave();
      return { command, schema };
    }
    leave();
  }
}

async function open(engine: Engine, command: Command, context: EngineCall): Promise<BatchStream<Item>> {
  const { model, pooling, normalize, dimensions, numbers } = command;
  if (pooling === 'none')
    throw new TriptychError(
      'POOLING_UNSUPPORTED',
      'pooling none gives each row a list of vectors; a column of a table holds one vector a row',
      { field: 'pooling' },
    );
  const options = { pooling, normalize, dimensions, encoding: numbers };
  const request = { model: model || undefined, options, order: 'as-added' as const };
  switch (command.modality) {
    case 'text': {
      const { prompt: promptName, reject_too_long: rejectTooLong } = command;
      const stream = await engine.openTextStream({ ...request, promptName, rejectTooLong }, context);
      return stream as BatchStream<Uint8Array>;
    }
    case 'image': {
      const stream: BatchStream<RequestedImage> = await engine.openImageStream(request, context);
      return stream;
    }
    case 'audio': {
      const clips = { ...request, context: command.context };
      const stream: BatchStream<AudioClip> = await engine.openClipStream(clips, context);
      return stream;
    }
  }
}
