import type { QuantizeReport } from '@triptych/quantizer';
import { mebibytes } from '../output/numbers.js';

/** A quantisation for a person: what it saved, and what it cost. */
export function quantizationTable(report: QuantizeReport, target: string): string {
  const { towers, decoderProducts, parameters, sourceBytes, targetBytes, elapsedMs } = report;
  const rows: (readonly [string, string])[] = [
    ['parameters', parameters.toLocaleString('en')],
    [
      'size',
      `${mebibytes(sourceBytes)} → ${mebibytes(targetBytes)} (${(targetBytes / sourceBytes).toFixed(2)} × the source, ` +
        `${(targetBytes / (4 * parameters)).toFixed(2)} × of float32)`,
    ],
    ...towers.flatMap(towerRows),
    ...(decoderProducts === undefined
      ? []
      : [['decoder', `${decoderProducts} products with weights in int8`] as const]),
    ['time', `${(elapsedMs / 1000).toFixed(1)} s`],
    ['bound', boundText(report)],
    ['written to', report.written ? target : 'nothing: --allow-below writes it all the same'],
  ];
  return rows.map(([key, value]) => `${key.padEnd(14)}${value}\n`).join('');
}

function boundText({ minCosine, holds, towers }: QuantizeReport): string {
  const products = towers.flatMap(({ sites }) => sites.filter(({ block }) => block !== 'table'));
  if (holds && !products.some(({ int8 }) => int8))
    return `cosine ≥ ${minCosine} to float holds with all in float alone`;
  const lowest = Math.min(...towers.flatMap((tower) => [tower.minCosine, tower.reached]));
  return holds
    ? `cosine ≥ ${minCosine} to float holds`
    : `cosine ≥ ${minCosine} to float does NOT hold: ${lowest.toFixed(6)}, with all in float that could be`;
}

function towerRows({
  name,
  sites,
  layers,
  meanCosine,
  minCosine,
  speed,
}: QuantizeReport['towers'][number]): [string, string][] {
  const kept = sites.filter(({ int8 }) => !int8).map((site) => `${site.block} ${site.name}`);
  const inFloat = kept.length > 0 ? `${kept.length} of ${sites.length}: ${kept.join(', ')}` : 'nothing';
  const { load, floatMs, int8Ms } = speed;
  return [
    [name, `cosine to float ${minCosine.toFixed(6)} at least, ${meanCosine.toFixed(6)} on average`],
    ['  by layer', layers.map((layer) => layer.meanCosine.toFixed(4)).join(' ')],
    ['  in float', inFloat],
    [
      '  speed',
      `${load}: ${floatMs.toFixed(1)} → ${int8Ms.toFixed(1)} ms (${(floatMs / int8Ms).toFixed(2)} ×)`,
    ],
  ];
}
