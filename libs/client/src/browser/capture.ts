import { AudioEncoding } from './gen/triptych/v1/audio_pb.js';

/** What blocks of audio are sent to. */
export interface AudioSink {
  send(data: Uint8Array): Promise<void>;
  finish(): void;
  /** Why it takes no more: then nothing more is captured. Undefined while it does. */
  readonly ended?: Error | undefined;
}

export interface CaptureOptions {
  /** Samples after which it ends by itself. Default: it goes on until {@link Capture.stop}. */
  readonly samples?: number;
  /**
   * Where the worklet's module is, for pages whose Content-Security-Policy allows no `blob:`: a file of theirs that holds
   * {@link workletSource}.
   */
  readonly workletUrl?: string;
}

/** Audio that is being sent. */
export interface Capture {
  /** Sends what is left, and finishes the stream. */
  stop(): void;
  /** Resolves once all of it has been sent. Rejects where the stream takes none for a minute, or none any more. */
  readonly done: Promise<void>;
}

/** Samples of a block: every block costs a message of the worklet's, and a frame. */
const BLOCK = 2048;
/** Seconds of audio that may wait to be sent. */
const MOST_UNSENT_S = 60;

/** The AudioWorklet's module: posts mono blocks, and after the message `stop` the rest and null. */
export const workletSource = `
registerProcessor('triptych-capture', class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Float32Array(${BLOCK});
    this.length = 0;
    this.isOver = false;
    this.port.onmessage = () => {
      this.post();
      this.port.postMessage(null);
      this.isOver = true;
    };
  }
  post() {
    if (this.length === 0) return;
    const block = this.block.slice(0, this.length);
    this.length = 0;
    this.port.postMessage(block, [block.buffer]);
  }
  process([[samples]]) {
    if (this.isOver) return false;
    // A source that does not play has no samples: what it played before goes out.
    if (!samples) {
      this.post();
      return true;
    }
    this.block.set(samples, this.length);
    this.length += samples.length;
    if (this.length === this.block.length) this.post();
    return true;
  }
});
`;

/** The format that a capture sends: mono float32 at the context's rate. */
export function captureFormat({ sampleRate }: BaseAudioContext): {
  encoding: AudioEncoding;
  sampleRateHz: number;
  channels: number;
} {
  return { encoding: AudioEncoding.PCM_F32LE, sampleRateHz: sampleRate, channels: 1 };
}

/** The microphone, as a source of audio. Asks the user; rejects where that is refused. */
export async function microphone(context: AudioContext): Promise<MediaStreamAudioSourceNode> {
  const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  return context.createMediaStreamSource(await navigator.mediaDevices.getUserMedia({ audio }));
}

/** Sends what a source plays, block by block, and finishes the stream at its end. Several channels are mixed down. */
export async function capture(
  source: AudioNode,
  sink: AudioSink,
  { samples = Infinity, workletUrl }: CaptureOptions = {},
): Promise<Capture> {
  const { context } = source;
  await addWorklet(context, workletUrl);
  const node = new AudioWorkletNode(context, 'triptych-capture', {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: 'explicit',
  });
  const stop = () => node.port.postMessage('stop');
  const done = new Promise<void>((resolve, reject) => {
    let [left, unsent] = [samples, 0];
    let sending = Promise.resolve();
    const detach = () => {
      node.port.onmessage = null;
      stop();
    };
    const fail = (thrown: Error) => {
      detach();
      reject(thrown);
    };
    node.port.onmessage = ({ data }: MessageEvent<Float32Array<ArrayBuffer> | null>) => {
      const block = data?.subarray(0, left) ?? new Float32Array();
      left -= block.length;
      unsent += block.length;
      if (unsent > MOST_UNSENT_S * context.sampleRate)
        return fail(new TypeError(`the stream has taken no audio for ${MOST_UNSENT_S} s`));
      sending = sending.then(async () => {
        if (block.length > 0) await sink.send(new Uint8Array(block.buffer, 0, block.byteLength));
        unsent -= block.length;
        if (sink.ended) throw sink.ended;
      });
      sending.catch(fail);
      if (data !== null && left > 0) return;
      detach();
      sending.then(() => sink.finish()).then(resolve, reject);
    };
  });
  // Whoever reads the stream is told of its failure there, and may never come to this.
  done.catch(() => undefined);
  source.connect(node);
  return { stop, done };
}

const withWorklet = new WeakSet<BaseAudioContext>();

async function addWorklet(context: BaseAudioContext, given: string | undefined): Promise<void> {
  if (withWorklet.has(context)) return;
  const url = given ?? URL.createObjectURL(new Blob([workletSource], { type: 'text/javascript' }));
  await context.audioWorklet.addModule(url);
  if (given === undefined) URL.revokeObjectURL(url);
  withWorklet.add(context);
}
