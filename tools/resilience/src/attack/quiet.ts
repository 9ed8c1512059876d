import type { Attack } from './attack.js';
import { besideAttackers } from './beside.js';

/** No attack at all: what bystanders meet of each other and of a busy machine. What this finds, no attack is to blame for. */
export const quiet: Attack = {
  title: 'Bystanders alone',
  run: (extent) => besideAttackers({ extent, attack: () => Promise.resolve() }),
};
