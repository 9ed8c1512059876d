import { status } from '@grpc/grpc-js';
import {
  Binary,
  Bool,
  DateDay,
  Dictionary,
  Field,
  FixedSizeList,
  Float16,
  Float32,
  Int32,
  Int64,
  LargeUtf8,
  List,
  Struct,
  Table,
  tableFromIPC,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demoClip,
  demoModel,
  picture,
  serveDemo,
  speech,
  type TestServer,
  vectorOf,
} from '../testing/harness.js';
import {
  ask,
  command,
  connectFlight,
  type Data,
  type FlightClient,
  messagesOf,
  tableOf,
} from './testing/flight-client.js';

let demo: TestServer;
let flight: FlightClient;
beforeAll(async () => {
  demo = await serveDemo({
    models: [demoModel, demoClip],
    flightKeptBytes: 200_000,
  });
  flight = connectFlight(demo.server.address);
});
afterAll(async () => {
  flight.close();
  await demo.close();
});

const texts = { model: 'demo-clip', modality: 'text' };

/** What comes back of a table. */
async function exchange(options: object, table: Table): Promise<Table> {
  return tableOf(
    await ask(flight.exchange(), [{ flightDescriptor: command(options) }, ...messagesOf(table)]),
  );
}

const refusal = (answer: Promise<unknown>) =>
  answer.then(
    () => 'none',
    (error: { code: number; details: string }) => `${status[error.code]} ${error.details}`,
  );

const column = (table: Table, name: string): unknown[] =>
  Array.from(table.getChild(name) as Iterable<unknown>);
const vectors = (table: Table) =>
  column(table, 'embedding').map((vector) =>
    vector === null ? undefined : Float32Array.from(vector as Iterable<number>),
  );
/** Arrow makes a dictionary of strings where nobody says otherwise. */
const strings = (values: readonly (string | null)[]) => vectorFromArray(values, new Utf8());

describe('DoExchange', () => {
  it('gives rows back with the vectors of triptych.v1', async () => {
    const words = ['a sailboat', 'a pizza', 'ein Vulkan ☃'];
    const table = new Table({ text: strings(words), id: vectorFromArray([7, 8, 9], new Int32()) });
    const found = await exchange(texts, table);
    const { results } = await demo.client.encodeTexts({ texts: words });
    expect(column(found, 'text')).toEqual(words);
    expect(column(found, 'id')).toEqual([7, 8, 9]);
    expect(column(found, 'error')).toEqual([null, null, null]);
    expect(vectors(found)).toEqual(results.map(vectorOf));
    const { metadata } = found.schema;
    expect(metadata.get('triptych.model')).toBe('demo-clip');
    expect(metadata.get('triptych.space')).toBe('triptych-demo');
    expect(metadata.get('triptych.fingerprint')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes images and audio, and says in a row what is wrong with it', async () => {
    const images = vectorFromArray(
      [picture('pizza'), Buffer.from('no image'), null, picture('sailboat')],
      new Binary(),
    );
    const pictures = await exchange({ model: 'demo-clip', modality: 'image' }, new Table({ image: images }));
    expect(vectors(pictures).map((one) => one?.length)).toEqual([128, undefined, undefined, 128]);
    expect(column(pictures, 'error').map((error) => (error as string | null)?.split(':')[0])).toEqual([
      undefined,
      'IMAGE_FORMAT_UNKNOWN',
      'ROW_NULL',
      undefined,
    ]);
    const { results } = await demo.client.encodeImages({ images: [{ encoded: picture('pizza') }] });
    expect(vectors(pictures)[0]).toEqual(vectorOf(results[0]));

    const pcm = speech('pizza-a');
    const samples = Float32Array.from(new Int16Array(pcm.slice().buffer), (value) => value / 32768);
    const clips = [samples, samples.subarray(0, 4000)];
    const lists = vectorFromArray(
      clips.map((clip) => [...clip]),
      new List(new Field('item', new Float32(), false)),
    );
    const heard = await exchange(
      { modality: 'audio', context: 'trimmed', columns: [] },
      new Table({ audio: lists }),
    );
    const whole = await demo.client.encodeAudio({
      clips: clips.map((clip) => ({
        format: { encoding: 2, sampleRateHz: 16_000 },
        data: Buffer.from(clip.slice().buffer),
      })),
      context: 2,
    });
    expect(vectors(heard)).toEqual(whole.results.map(vectorOf));
    expect(heard.schema.fields.map(({ name }) => name)).toEqual(['embedding', 'error']);
  });

  it('leaves all other columns as they are, in slices and in several batches', async () => {
    const rows = 150;
    const some = <T>(of: (i: number) => T, every = 7) =>
      Array.from({ length: rows }, (_, i) => (i % every === 3 ? null : of(i)));
    const types = {
      words: vectorFromArray(
        some((i) => `word ${i}`),
        new LargeUtf8(),
      ),
      flags: vectorFromArray(
        some((i) => i % 3 === 0),
        new Bool(),
      ),
      days: vectorFromArray(
        some((i) => new Date(86_400_000 * i)),
        new DateDay(),
      ),
      times: vectorFromArray(
        some((i) => 1000 * i),
        new TimestampMillisecond(),
      ),
      numbers: vectorFromArray(
        some((i) => BigInt(i) ** 5n),
        new Int64(),
      ),
      lists: vectorFromArray(
        some((i) => Array.from({ length: i % 5 }, (_, j) => `${i}.${j}`)),
        new List(new Field('item', new Utf8(), true)),
      ),
      pairs: vectorFromArray(
        some((i) => [i, -i]),
        new FixedSizeList(2, new Field('item', new Int32(), true)),
      ),
      records: vectorFromArray(
        some((i) => ({ a: i, b: `${i}` })),
        new Struct([new Field('a', new Int32(), true), new Field('b', new Utf8(), true)]),
      ),
      text: vectorFromArray(
        some((i) => `text ${i}`, 11),
        new Utf8(),
      ),
    };
    const table = new Table(types);
    const [schema, rowsOf] = messagesOf(table);
    const start = { flightDescriptor: command({ ...texts, dimensions: 4 }) };
    const found = tableOf(await ask(flight.exchange(), [start, schema, rowsOf, {}, rowsOf]));
    expect(found.numRows).toBe(2 * rows);
    for (const name of Object.keys(types)) {
      const sent = JSON.stringify(column(table, name), plain);
      expect(JSON.stringify(column(found, name).slice(0, rows), plain), name).toBe(sent);
      expect(JSON.stringify(column(found, name).slice(rows), plain), name).toBe(sent);
    }
    expect(column(found, 'error').filter((error) => error !== null)).toHaveLength(2 * types.text.nullCount);
    expect(vectors(found).filter((one) => one?.length === 4)).toHaveLength(2 * (rows - types.text.nullCount));
  });

  it('answers zero rows with a schema, and sends float16 where that is wanted', async () => {
    const [schema] = messagesOf(new Table({ text: strings(['x']) }));
    const only = await ask(flight.exchange(), [{ flightDescriptor: command(texts) }, schema]);
    expect(tableOf(only).numRows).toBe(0);
    expect(tableOf(only).schema.fields.map(({ name }) => name)).toEqual(['text', 'embedding', 'error']);
    const none = await exchange(texts, new Table({ text: strings([]) }));
    expect(none.numRows).toBe(0);
    const half = await exchange({ ...texts, numbers: 'float16' }, new Table({ text: strings(['a pizza']) }));
    const { children } = half.schema.fields[1].type as FixedSizeList;
    expect(String(children[0].type)).toBe(String(new Float16()));
  });

  it('sends a first answer while rows still come', async () => {
    const stream = flight.exchange();
    const answers: Data[] = [];
    stream.on('data', (data: Data) => answers.push(data));
    const [schema, rows] = messagesOf(new Table({ text: strings(['a', 'b']) }));
    stream.write({ flightDescriptor: command(texts) });
    stream.write(schema);
    stream.write(rows);
    await expect.poll(() => answers.length).toBe(2);
    stream.write(rows);
    await expect.poll(() => answers.length).toBe(3);
    stream.end();
    await expect.poll(() => stream.closed || stream.readableEnded).toBe(true);
  });

  it('keeps what it sends below 4 MiB', async () => {
    const wide = 'y'.repeat(300_000);
    const table = new Table({
      text: strings(Array<string>(100).fill('a')),
      wide: strings(Array<string>(100).fill(wide)),
    });
    const stream = flight.exchange();
    const answers = await ask(stream, [{ flightDescriptor: command(texts) }, ...messagesOf(table)]);
    const sizes = answers.map(({ dataBody }) => dataBody!.length);
    expect(Math.max(...sizes)).toBeLessThan(4 * 2 ** 20 - 100_000);
    expect(tableOf(answers).numRows).toBe(100);
    expect(column(tableOf(answers), 'wide').every((one) => one === wide)).toBe(true);
  });

  it('takes a batch of a quarter of --queue-bytes, and none beyond', async () => {
    const MIB = 2 ** 20;
    const small = await serveDemo({ models: [demoClip], maxMessageBytes: MIB, queueBytes: 8 * MIB });
    const client = connectFlight(small.server.address);
    const send = (bytes: number) => {
      const table = new Table({ text: strings(['a']), wide: strings(['y'.repeat(bytes)]) });
      return ask(client.exchange(), [{ flightDescriptor: command(texts) }, ...messagesOf(table)]);
    };
    try {
      expect(tableOf(await send(1.9 * MIB)).numRows).toBe(1);
      expect(await refusal(send(2.1 * MIB))).toMatch(/^RESOURCE_EXHAUSTED .*larger than/);
    } finally {
      client.close();
      await small.close();
    }
  });

  it('refuses what it cannot answer, by name', async () => {
    const table = new Table({ text: strings(['a']), n: vectorFromArray([1], new Int32()) });
    const ask = (options: object, of: Table = table) => refusal(exchange(options, of));
    expect(await ask({ ...texts, model: 'other' })).toMatch(/^NOT_FOUND MODEL_NOT_FOUND/);
    expect(await ask({ modality: 'smell' })).toMatch(/^INVALID_ARGUMENT PARAMETER_INVALID/);
    expect(await ask({ ...texts, poling: 'mean' })).toMatch(
      /PARAMETER_INVALID: option "poling" is unknown for text/,
    );
    expect(await ask({ ...texts, pooling: 'none' })).toMatch(/POOLING_UNSUPPORTED/);
    expect(await ask({ ...texts, column: 'n' })).toMatch(
      /COLUMN_UNEXPECTED: column "n" is int32; text is utf8/,
    );
    expect(await ask({ ...texts, column: 'x' })).toMatch(/COLUMN_UNEXPECTED: no column is named "x"/);
    expect(await ask({ ...texts, columns: ['x'] })).toMatch(/COLUMN_UNEXPECTED/);
    expect(await ask(texts, new Table({ text: strings(['a']), error: strings(['b']) }))).toMatch(
      /has a column "error" itself/,
    );
    expect(await ask({ model: 'demo-whisper', modality: 'text' })).toMatch(
      /^UNIMPLEMENTED MODALITY_NOT_SERVED/,
    );
    const coded = new Table({
      text: vectorFromArray(['a', 'b', 'a'], new Dictionary(new Utf8(), new Int32())),
    });
    expect(await ask(texts, coded)).toMatch(/^UNIMPLEMENTED ARROW_UNSUPPORTED.*dictionary/);
    const [schema, rows] = messagesOf(table);
    const start = { flightDescriptor: command(texts) };
    const send = (...data: Data[]) => refusal(askRaw(data));
    expect(await send(schema)).toMatch(/STREAM_NO_CONFIG/);
    expect(await send(start)).toMatch(/STREAM_NO_CONFIG/);
    expect(await send(start, rows)).toMatch(/STREAM_NO_CONFIG/);
    expect(await send(start, schema, schema)).toMatch(/STREAM_SECOND_CONFIG/);
    expect(await send(start, { dataHeader: Buffer.from('rubbish') })).toMatch(/ARROW_MALFORMED/);
    expect(await send(start, schema, { ...rows, dataBody: rows.dataBody!.subarray(8) })).toMatch(
      /ARROW_MALFORMED/,
    );
    expect(await send({ flightDescriptor: { type: 2, cmd: Buffer.from('{') } })).toMatch(/PARAMETER_INVALID/);
  });
});

const askRaw = (data: readonly Data[]) => ask(flight.exchange(), data);

const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

describe('flights', () => {
  it('are the encoders of all models, with the schema of what comes back', async () => {
    const list = await flight.all<{
      flightDescriptor: { path: string[] };
      schema: Buffer;
      appMetadata: Buffer;
    }>('ListFlights', {});
    expect(list.map((one) => one.flightDescriptor.path.join('/'))).toEqual([
      'demo-whisper/audio',
      'demo-clip/text',
      'demo-clip/image',
    ]);
    const info = JSON.parse(list[1].appMetadata.toString()) as object;
    expect(info).toMatchObject({
      model: 'demo-clip',
      modality: 'text',
      dimensions: 128,
      space: 'triptych-demo',
    });
    const fields = tableFromIPC(list[1].schema).schema.fields;
    expect(fields.map(({ name }) => name)).toEqual(['text', 'embedding', 'error']);
    const [only] = await flight.all<{ flightDescriptor: { path: string[] } }>('ListFlights', {
      expression: Buffer.from('demo-whisper'),
    });
    expect(only.flightDescriptor.path).toEqual(['demo-whisper', 'audio']);
    await expect(flight.all('ListFlights', { expression: Buffer.from('x') })).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
  });

  it('are found by a path or a command', async () => {
    const path = { type: 1, path: ['demo-whisper'] };
    const byPath = await flight.one<{ schema: Buffer; totalRecords: number }>('GetFlightInfo', path);
    expect(byPath.totalRecords).toBe(-1);
    const { schema } = await flight.one<{ schema: Buffer }>(
      'GetSchema',
      command({ ...texts, dimensions: 4 }),
    );
    expect((tableFromIPC(schema).schema.fields[1].type as FixedSizeList).listSize).toBe(4);
    await expect(flight.one('GetSchema', { type: 1, path: ['demo-clip'] })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
    await expect(flight.one('GetSchema', {})).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });
});

describe('DoPut and DoGet', () => {
  const put = async (table: Table, options: object = texts) => {
    const [schema, ...rows] = messagesOf(table);
    const [answer] = await ask(flight.put(), [{ flightDescriptor: command(options), ...schema }, ...rows]);
    return JSON.parse(answer.appMetadata.toString()) as { ticket: string; rows: number; failed: number };
  };

  it('keep the rows until they were fetched, once', async () => {
    const table = new Table({ text: strings(['a pizza', null]) });
    const { ticket, rows, failed } = await put(table);
    expect({ rows, failed }).toEqual({ rows: 2, failed: 1 });
    const get = () => flight.all<Data>('DoGet', { ticket: Buffer.from(ticket) });
    const found = tableOf(await get());
    expect(column(found, 'text')).toEqual(['a pizza', null]);
    expect(await refusal(get())).toMatch(/^NOT_FOUND TICKET_UNKNOWN/);
  });

  it('keep no more than there is room for', async () => {
    const table = new Table({
      text: strings(Array<string>(10).fill('a')),
      wide: strings(Array<string>(10).fill('y'.repeat(4000))),
    });
    const first = await put(table);
    expect(await refusal(put(table))).toMatch(/^RESOURCE_EXHAUSTED OVERLOADED/);
    await flight.all('DoAction', { type: 'drop', body: Buffer.from(first.ticket) });
    const second = await put(table);
    await flight.all('DoAction', { type: 'drop', body: Buffer.from(second.ticket) });
  });
});

describe('DoAction', () => {
  it('lists what it does, and does it', async () => {
    const listed = await flight.all<{ type: string }>('ListActions', {});
    expect(listed.map(({ type }) => type)).toEqual(['models', 'drop']);
    const models = await flight.all<{ body: Buffer }>('DoAction', { type: 'models' });
    expect(models.map(({ body }) => (JSON.parse(body.toString()) as { modality: string }).modality)).toEqual([
      'audio',
      'text',
      'image',
    ]);
    expect(await refusal(flight.all('DoAction', { type: 'x' }))).toMatch(/^UNIMPLEMENTED NOT_IMPLEMENTED/);
  });
});
