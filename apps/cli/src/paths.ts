import { fileURLToPath } from 'node:url';

/** The repository that this command was built in. */
const root = new URL('../../../', import.meta.url);

const path = (name: string) => fileURLToPath(new URL(name, root));

/** The small trained models that a fresh clone serves; their vectors lie in one space. */
export const demoModels = [path('models/demo/whisper'), path('models/demo/clip')];
/** Writes what pictures show. No server serves it unless it is asked to. */
export const demoCaptioner = path('models/demo/captioner');
export const sampleSpeech = path('examples/speech');
export const sampleImages = path('examples/images');
/** Photographs, drawings and noise, in every format. */
export const referenceImages = path('tools/reference/images');
export const sampleTexts = path('examples/texts.txt');
