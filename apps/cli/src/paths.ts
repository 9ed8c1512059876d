import { fileURLToPath } from 'node:url';

/** The repository that this command was built in. */
const root = new URL('../../../', import.meta.url);

/** The small trained model that a fresh clone serves. */
export const demoModel = fileURLToPath(new URL('models/demo/whisper', root));
export const sampleSpeech = fileURLToPath(new URL('examples/speech', root));
