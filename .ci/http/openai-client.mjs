// The official client for Node: embeddings with its default encoding and others, transcriptions, and the classes of its errors.
import assert from 'node:assert/strict';
import { createReadStream, readFileSync } from 'node:fs';
import OpenAI from 'openai';

const lines = readFileSync(process.argv[2], 'utf8').trim().split('\n');
const expected = lines.map((line) => Float32Array.from(JSON.parse(line).embedding));
const input = ['a pizza', 'a sailboat'];
const client = new OpenAI({ maxRetries: 0 });
const vectors = ({ data }) => data.map(({ embedding }) => Float32Array.from(embedding));

for (const options of [{}, { encoding_format: 'float' }]) {
  const answer = await client.embeddings.create({ model: 'demo-clip', input, ...options });
  assert.deepEqual(vectors(answer), expected);
  assert.ok(answer.usage.prompt_tokens > 0);
}
const { data } = await client.embeddings.create({ model: 'demo-clip', input, encoding_format: 'base64' });
assert.deepEqual(
  data.map(({ embedding }) => new Float32Array(new Uint8Array(Buffer.from(embedding, 'base64')).buffer)),
  expected,
);
const ids = [];
for await (const { id } of client.models.list()) ids.push(id);
assert.deepEqual(ids.sort(), ['demo-clip', 'demo-whisper']);

const create = (body) => client.embeddings.create({ model: 'demo-clip', input: 'a', ...body });
await assert.rejects(create({ model: 'gpt' }), (error) => {
  return error instanceof OpenAI.NotFoundError && error.code === 'MODEL_NOT_FOUND' && error.status === 404;
});
await assert.rejects(create({ dimensions: 4096 }), (error) => {
  return (
    error instanceof OpenAI.BadRequestError &&
    error.code === 'DIMENSIONS_INVALID' &&
    error.param === 'dimensions'
  );
});
const transcribe = (more) => {
  const file = createReadStream(`${process.argv[3]}/pizza-a.wav`);
  return client.audio.transcriptions.create({ model: 'demo-whisper', file, ...more });
};
assert.equal((await transcribe()).text, 'pizza');
assert.equal((await transcribe({ response_format: 'text' })).trim(), 'pizza');
const { segments } = await transcribe({
  response_format: 'verbose_json',
  timestamp_granularities: ['segment'],
});
assert.equal(segments[0].text.trim(), 'pizza');
assert.match(await transcribe({ response_format: 'srt' }), /^1\n.* --> .*\npizza\n\n$/);
assert.match(await transcribe({ response_format: 'vtt' }), /^WEBVTT\n\n.* --> .*\npizza\n\n$/);
await assert.rejects(transcribe({ model: 'demo-clip' }), (error) => {
  return error instanceof OpenAI.BadRequestError && error.code === 'MODALITY_NOT_SERVED';
});
console.log('openai for Node: the vectors of gRPC bit for bit, what is said, errors of the right classes');
