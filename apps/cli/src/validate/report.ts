import type { Comparison } from '@triptych/engine';

/** Everything that a report shows. */
export interface Validation extends Comparison {
  readonly model: string;
  readonly fingerprint: string;
  readonly reference: {
    readonly path: string;
    readonly madeBy: string;
    readonly versions: Readonly<Record<string, string>>;
  };
  readonly thresholds: { readonly minCosine: number; readonly minCorrelation: number };
  readonly problems: readonly string[];
  readonly passed: boolean;
}

/** What was compared with what, and how it came out. */
export function factsOf(validation: Validation): readonly (readonly [string, string])[] {
  const { model, fingerprint, reference, cosine, maxAbsDifference, similarityCorrelation, items } =
    validation;
  const versions = Object.entries(reference.versions).map(([name, version]) => `${name} ${version}`);
  return [
    ['model', model],
    ['fingerprint', fingerprint],
    [
      'reference',
      `${reference.path}: ${items.length} vectors by ${reference.madeBy} (${versions.join(', ')})`,
    ],
    ['cosine', `min ${digits(cosine.min)}, mean ${digits(cosine.mean)}, max ${digits(cosine.max)}`],
    ['difference', `${maxAbsDifference.toExponential(2)} at most`],
    ['correlation', `${digits(similarityCorrelation)} of all similarities`],
  ];
}

const WIDTH = 560;
const HEIGHT = 260;
const MARGIN = 48;

/** A page by itself: no script, no file beside it. */
export function htmlReport(validation: Validation): string {
  const { model, problems, passed, items } = validation;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escape(model)}: ${passed ? 'passed' : 'failed'}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; color: #222 }
th { text-align: left; padding-right: 1.5rem; font-weight: 600; vertical-align: top }
td { overflow-wrap: anywhere }
.passed { color: #176b2c } .failed { color: #a11 }
svg { background: #fafafa; border: 1px solid #ddd; margin: .5rem 0 } svg text { font-size: 11px; fill: #555 }
circle { fill: #2b6cb0; fill-opacity: .6 } line { stroke: #bbb } .limit { stroke: #a11; stroke-dasharray: 4 }
</style>
<h1>${escape(model)} <span class="${passed ? 'passed' : 'failed'}">${passed ? 'passed' : 'failed'}</span></h1>
${problems.map((problem) => `<p class="failed">${escape(problem)}</p>`).join('\n')}
<table>${rows(factsOf(validation))}</table>
<h2>1 − cosine of each input</h2>
${cosinePlot(validation)}
<h2>Similarity of each pair: reference across, found upwards</h2>
${similarityPlot(validation)}
<h2>Inputs</h2>
<table><tr><th>input<th>cosine<th>max abs difference</tr>
${items.map((item) => `<tr><td>${escape(item.input)}<td>${digits(item.cosine)}<td>${item.maxAbsDifference.toExponential(2)}</tr>`).join('\n')}
</table></html>
`;
}

/** On a logarithmic scale from 1e-16 to 1, with the threshold. */
function cosinePlot({ items, thresholds }: Validation): string {
  const DECADES = 16;
  const y = (value: number) => {
    const exponent = Math.log10(Math.min(1, Math.max(10 ** -DECADES, value)));
    return MARGIN / 2 - (exponent / DECADES) * (HEIGHT - MARGIN);
  };
  const x = (i: number) => MARGIN + ((i + 0.5) / items.length) * (WIDTH - 1.5 * MARGIN);
  const grid = [0, 4, 8, 12, 16].map((n) => {
    const at = y(10 ** -n);
    return `<line x1="${MARGIN}" y1="${at}" x2="${WIDTH}" y2="${at}"/><text x="6" y="${at + 4}">1e-${n}</text>`;
  });
  const limit = y(1 - thresholds.minCosine);
  const dots = items.map((item, i) => {
    const title = `<title>${escape(item.input)}: ${digits(item.cosine)}</title>`;
    return `<circle cx="${x(i)}" cy="${y(1 - item.cosine)}" r="4">${title}</circle>`;
  });
  return svg(
    `${grid.join('')}<line class="limit" x1="${MARGIN}" y1="${limit}" x2="${WIDTH}" y2="${limit}"/>${dots.join('')}`,
  );
}

function similarityPlot({ similarities }: Validation): string {
  const all = similarities.flatMap(({ reference, found }) => [reference, found]);
  const [low, high] = [Math.min(-0.1, ...all), Math.max(1, ...all)];
  const share = (value: number) => (value - low) / (high - low);
  const x = (value: number) => MARGIN + share(value) * (WIDTH - 1.5 * MARGIN);
  const y = (value: number) => HEIGHT - MARGIN / 2 - share(value) * (HEIGHT - MARGIN);
  const diagonal = `<line x1="${x(low)}" y1="${y(low)}" x2="${x(high)}" y2="${y(high)}"/>`;
  const dots = similarities.map(
    ({ reference, found }) => `<circle cx="${x(reference)}" cy="${y(found)}" r="3"/>`,
  );
  return svg(
    `${diagonal}<text x="6" y="${y(high) + 4}">${high.toFixed(1)}</text><text x="6" y="${y(low)}">${low.toFixed(1)}</text>${dots.join('')}`,
  );
}

function svg(content: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">${content}</svg>`;
}

function rows(facts: ReturnType<typeof factsOf>): string {
  return facts.map(([key, value]) => `<tr><th>${key}<td>${escape(value)}</tr>`).join('\n');
}

/** A cosine in as many digits as tell it from 1. */
export function digits(value: number): string {
  return value.toFixed(9);
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character]);
}
