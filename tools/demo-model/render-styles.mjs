// Renders the concepts of data.json in more styles, to 96 × 96 RGBA: styles.json says which picture is whose, styles.bin holds pixels.
//   npm i --no-save sharp @iconify-json/noto @iconify-json/noto-v1 @iconify-json/emojione @iconify-json/fxemoji
//   node render-styles.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';

const SIZE = 96;
/** Sets of Iconify that may be used freely: Apache-2.0, Apache-2.0, CC-BY 4.0, Apache-2.0. */
const STYLES = ['noto', 'noto-v1', 'emojione', 'fxemoji'];

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const withoutVariant = (code) => code.replace(/-fe0f/g, '');

const concepts = readJson('data.json');
/** Only Noto's set says which character a name stands for; the others have most of its names, some without hyphens. */
const characters = readJson('node_modules/@iconify-json/noto/chars.json');
const byCode = new Map(Object.entries(characters).map(([code, name]) => [withoutVariant(code), name]));
const pictures = [];
const drawn = concepts.map(() => ({}));
for (const style of STYLES) {
  const set = readJson(`node_modules/@iconify-json/${style}/icons.json`);
  for (const [i, { hex }] of concepts.entries()) {
    const name = byCode.get(withoutVariant(hex)) ?? '';
    const svg = svgOf(set, name) ?? svgOf(set, name.replaceAll('-', ''));
    if (svg) drawn[i][style] = pictures.push(await render(svg)) - 1;
  }
  console.log(`${style}: ${drawn.filter((of) => style in of).length} of ${concepts.length} concepts`);
}
writeFileSync('styles.json', JSON.stringify(drawn));
writeFileSync('styles.bin', Buffer.concat(pictures));

function svgOf(set, name) {
  const icon = set.icons[name] ?? set.icons[set.aliases?.[name]?.parent];
  if (!icon) return undefined;
  const { body, left = 0, top = 0, width = set.width ?? 16, height = set.height ?? 16 } = icon;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${SIZE}" height="${SIZE}" viewBox="${left} ${top} ${width} ${height}">${body}</svg>`;
}

function render(svg) {
  return sharp(Buffer.from(svg)).resize(SIZE, SIZE, { fit: 'fill' }).ensureAlpha().raw().toBuffer();
}
