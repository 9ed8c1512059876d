export { blipVisionTower } from './blip/tower.js';
export { clipVisionTower } from './clip/tower.js';
export { siglipVisionTower } from './siglip/tower.js';
export type { ImageEncoder, ImageItem, ImageTower } from './image-tower.js';
