// Serves the demo models in this process, without a server, and finds pictures by words and by a spoken query.
// Usage: node examples/node/embed.mjs TEXT PICTURE...
import { createEngine } from '@triptych/engine';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const [text = 'a sailboat', ...pictures] = process.argv.slice(2);
const inRepository = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const engine = await createEngine({
  models: [inRepository('models/demo/clip'), inRepository('models/demo/whisper')],
});

// Each text has a vector of its own, or an error of its own.
const { stamp, results } = await engine.encodeTexts({ texts: [text] });
const [{ embedding, error, timing }] = results;
if (error) throw error;
console.log(`${text}: ${embedding.shape[0]} numbers of the space ${stamp.space}, ${timing.inferenceUs} µs`);

// Pictures by the text that fits them.
const images = await Promise.all(pictures.map((path) => readFile(path)));
const { rankings } = await engine.rank({
  queries: [{ text }],
  candidates: images.map((encoded) => ({ image: { encoded } })),
});
for (const { index, score } of rankings[0].items)
  console.log(`  ${score.toFixed(3)}  ${basename(pictures[index])}`);

// Speech as it comes: windows are computed while chunks are still read, and no faster than they are taken.
const speech = await readFile(inRepository('examples/speech/pizza-a.wav'));
async function* chunks() {
  for (let at = 0; at < speech.length; at += 3200) yield { data: speech.subarray(at, at + 3200) };
}
const stream = await engine.openAudioStream({ format: { encoding: 'container' }, windowMs: 500 });
const summary = await stream.run(chunks(), async ({ startSample, endSample, result }) => {
  console.log(
    `  samples ${startSample} to ${endSample}: ${result.error ?? `${result.embedding.shape[0]} numbers`}`,
  );
});
console.log(`${summary.windows} windows of ${summary.chunks} chunks`);

await engine.close();
