import { convertCheckpoint } from '@triptych/model-families';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { quantizeModel } from '@triptych/quantizer';
import { imagesDirectory } from './golden.js';
import { clipJson, clipSizes, smallClip, writeSyntheticCheckpoint } from './synthetic-checkpoint.js';
import { unseenCosines } from './unseen-cosines.js';

const help = `Quantises a CLIP whose weights are of Student's t with three degrees of freedom, which is hard for int8, and holds the int8
model to its float original on images and texts that had no part in making it; ends with 1 where the bound does not hold.

  node tools/reference/dist/heavy-tailed.js [--size b32|b16|l14|small] [--min-cosine 0.99] [--json]
`;

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const sizes = { ...clipSizes, small: smallClip };

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'b32' },
    'min-cosine': { type: 'string', default: '0.99' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else if (!(values.size in sizes)) {
  process.stderr.write(`--size ${values.size}: expected one of ${Object.keys(sizes).join(', ')}\n`);
  process.exitCode = 2;
} else await main(values.size as keyof typeof sizes, Number(values['min-cosine']));

async function main(size: keyof typeof sizes, minCosine: number): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'triptych-heavy-'));
  try {
    const [source, float, int8] = ['hf', 'float', 'int8'].map((name) => join(work, name));
    const tokenizer = { 'tokenizer.json': await readFile(root('models/demo/clip/tokenizer.json'), 'utf8') };
    await writeSyntheticCheckpoint(source, clipJson(sizes[size]), tokenizer, 'student');
    await convertCheckpoint({ source, target: float, dtype: 'float16', converterVersion: 'reference' });
    const texts = (await readFile(root('examples/texts.txt'), 'utf8')).split('\n').filter(Boolean);
    const images = (await readdir(root('examples/images'))).map((name) =>
      join(root('examples/images'), name),
    );
    const references = (await readdir(imagesDirectory)).filter((name) => !name.endsWith('.json'));
    const inputs = {
      audio: [],
      images: [...images, ...references.map((name) => imagesDirectory + name)],
      texts,
    };
    const request = { source: float, target: int8, inputs, minCosine, converterVersion: 'reference' };
    const report = await quantizeModel(request, ({ step, done, total }) => {
      if (done === total) process.stderr.write(`${step}\n`);
    });
    const unseen = report.written ? await unseenCosines(float, int8) : {};
    const facts = {
      ...Object.fromEntries(report.towers.map((t) => [`${t.name}: lowest cosine, samples`, t.minCosine])),
      ...unseen,
      ...Object.fromEntries(
        report.towers.map((t) => [`${t.name}: in float`, t.sites.filter((site) => !site.int8).length]),
      ),
      ...Object.fromEntries(
        report.towers.map((t) => [`${t.name}: float ÷ int8 time`, t.speed.floatMs / t.speed.int8Ms]),
      ),
      'size ÷ float16 file': report.targetBytes / report.sourceBytes,
      seconds: report.elapsedMs / 1000,
    };
    if (values.json) process.stdout.write(`${JSON.stringify(facts)}\n`);
    else
      for (const [what, value] of Object.entries(facts))
        process.stdout.write(`${what.padEnd(34)}${value.toFixed(5)}\n`);
    if (!report.holds || Object.values(unseen).some((cosine) => cosine < minCosine)) process.exitCode = 1;
  } finally {
    await rm(work, { recursive: true });
  }
}
