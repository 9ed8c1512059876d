export type { AudioContext, AudioEncoder, AudioItem, AudioTower } from './audio-tower.js';
export { whisperTower } from './whisper/tower.js';
