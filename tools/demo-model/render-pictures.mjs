// Renders the pictures of every concept to 96 × 96 RGBA: data.json lists concepts, imgs.bin holds their pixels.
//   npm i --no-save sharp emoji-datasource-google emoji-datasource-twitter emojibase-data \
//     @lobehub/fluent-emoji-flat @lobehub/fluent-emoji-3d
//   node render-pictures.mjs
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';

const SIZE = 96;
const STYLES = ['noto', 'twemoji', 'fluent-flat', 'fluent-3d'];
/** Components such as skin tones, and flags: groups of emojibase that are no concepts. */
const LEFT_OUT_GROUPS = [2, 9];

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const withoutVariant = (code) => code.replace(/-fe0f/g, '');

const emoji = readJson('node_modules/emojibase-data/en/data.json');
const byCode = new Map();
for (const entry of readJson('node_modules/emoji-datasource-google/emoji.json')) {
  byCode.set(entry.unified.toLowerCase(), entry);
  if (entry.non_qualified) byCode.set(entry.non_qualified.toLowerCase(), entry);
}

const concepts = [];
const pictures = [];
for (const { hexcode, group, label, emoji: character, tags = [] } of emoji) {
  if (group === undefined || LEFT_OUT_GROUPS.includes(group) || label.startsWith('keycap')) continue;
  const code = hexcode.toLowerCase();
  const entry = byCode.get(code) ?? byCode.get(withoutVariant(code));
  if (!entry) continue;
  const imgs = {};
  for (const style of STYLES) {
    const file = fileOf(style, code, entry.image);
    const pixels = file && (await render(file));
    if (pixels) imgs[style] = pictures.push(pixels) - 1;
  }
  if (Object.keys(imgs).length < 2) continue;
  const names = entry.short_names.map((name) => name.replace(/[_-]/g, ' '));
  concepts.push({ hex: code, emoji: character, label, tags, names, group, imgs });
}
writeFileSync('data.json', JSON.stringify(concepts));
writeFileSync('imgs.bin', Buffer.concat(pictures));
console.log(`${concepts.length} concepts, ${pictures.length} pictures`);

function fileOf(style, code, image) {
  const modules = 'node_modules';
  const candidates = {
    noto: [`${modules}/emoji-datasource-google/img/google/64/${image}`],
    twemoji: [`${modules}/emoji-datasource-twitter/img/twitter/64/${image}`],
    'fluent-flat': [withoutVariant(code), code].map(
      (c) => `${modules}/@lobehub/fluent-emoji-flat/assets/${c}.svg`,
    ),
    'fluent-3d': [withoutVariant(code), code].map(
      (c) => `${modules}/@lobehub/fluent-emoji-3d/assets/${c}.webp`,
    ),
  };
  return candidates[style].find(existsSync);
}

/** RGBA, or undefined for a file that cannot be drawn. */
async function render(file) {
  const transparent = { r: 0, g: 0, b: 0, alpha: 0 };
  try {
    return await sharp(file)
      .resize(SIZE, SIZE, { fit: 'contain', background: transparent })
      .ensureAlpha()
      .raw()
      .toBuffer();
  } catch (error) {
    console.warn(`${file}: left out (${error.message})`);
    return undefined;
  }
}
