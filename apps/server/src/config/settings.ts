import type { Isolation } from '@triptych/core';
import { engineDefaults } from '@triptych/engine/settings';
import type { Precision } from '@triptych/inference-core';
import { z } from 'zod';
import { address, collector, count, device, host, onOff, ratio } from './schemas.js';

/** One setting: its flag, its environment variable, and how its text is read. */
export interface Setting<T> {
  /** As commander takes it: `--listen <host:port>`. */
  readonly flag: string;
  readonly env: string;
  readonly default: T;
  /** One line, with the unit. */
  readonly description: string;
  /** May be given several times; in the environment, separated by commas. */
  readonly repeatable?: true;
  /** Names files: relative names in a configuration file are of its own folder. */
  readonly path?: true;
  readonly schema: z.ZodType<T, unknown>;
}

const define = <T>(setting: Setting<T>): Setting<T> => setting;

const MIB = 1024 * 1024;

/** Every setting of the server: flags, environment, help text and the documentation's table come from here. */
export const settings = {
  models: define({
    flag: '--model [name=]<model>',
    env: 'TRIPTYCH_MODELS',
    default: [] as string[],
    description:
      'model directory, HuggingFace checkpoint directory, or OWNER/NAME[@REVISION] of a hub, to serve by its own name or another; the first of a modality is its default (none, and no --models: the demo models)',
    repeatable: true,
    path: true,
    schema: z.array(z.string().min(1)),
  }),
  modelsFile: define({
    flag: '--models <file>',
    env: 'TRIPTYCH_MODELS_FILE',
    default: '',
    description:
      'YAML file of further models, their versions and aliases, which is served anew when it changes; empty: none',
    path: true,
    schema: z.string(),
  }),
  listen: define({
    flag: '--listen <host:port>',
    env: 'TRIPTYCH_LISTEN',
    default: '127.0.0.1:50051',
    description: 'address to serve on; port 0 takes a free one, unix:PATH a socket',
    path: true,
    schema: address('HOST:PORT or unix:PATH, such as 0.0.0.0:50051', (text) => /^unix:./.test(text)),
  }),
  http: define({
    flag: '--http <host:port>',
    env: 'TRIPTYCH_HTTP',
    default: '',
    description: 'address to serve HTTP on (OpenAI-shaped routes and others, see docs/http.md); empty: none',
    schema: address('HOST:PORT, such as 127.0.0.1:8080', (text) => text === ''),
  }),
  httpOrigins: define({
    flag: '--http-origins <origins>',
    env: 'TRIPTYCH_HTTP_ORIGINS',
    default: '',
    description:
      'origins of pages that may call over HTTP from a browser, separated by commas, such as https://app.example; *: all; empty: pages of this server alone',
    schema: z.string().regex(/^(\*|https?:\/\/[^\s,/]+(,https?:\/\/[^\s,/]+)*)?$/, {
      error: 'expected origins separated by commas, such as https://app.example',
    }),
  }),
  urlHosts: define({
    flag: '--allow-url-host <host>',
    env: 'TRIPTYCH_URL_HOSTS',
    default: [] as string[],
    description:
      'host that images and audio may be fetched from where a request over HTTP names them by a URL: HOST or HOST:PORT; a name never leads to a private address, an address may be one (none: nothing is fetched)',
    repeatable: true,
    schema: z.array(host),
  }),
  urlTimeoutMs: define({
    flag: '--url-timeout-ms <ms>',
    env: 'TRIPTYCH_URL_TIMEOUT_MS',
    default: 10_000,
    description: 'longest that fetching all files that one request names may take, in milliseconds',
    schema: count(100, 600_000),
  }),
  tlsCert: define({
    flag: '--tls-cert <file>',
    env: 'TRIPTYCH_TLS_CERT',
    default: '',
    description: 'certificate chain in PEM to serve TLS with; empty: no TLS',
    path: true,
    schema: z.string(),
  }),
  tlsKey: define({
    flag: '--tls-key <file>',
    env: 'TRIPTYCH_TLS_KEY',
    default: '',
    description: 'its private key in PEM',
    path: true,
    schema: z.string(),
  }),
  tlsClientCa: define({
    flag: '--tls-client-ca <file>',
    env: 'TRIPTYCH_TLS_CLIENT_CA',
    default: '',
    description:
      'certificate authorities in PEM; clients must show a certificate of theirs; empty: any client',
    path: true,
    schema: z.string(),
  }),
  tlsReloadMs: define({
    flag: '--tls-reload-ms <ms>',
    env: 'TRIPTYCH_TLS_RELOAD_MS',
    default: 10_000,
    description: 'how often certificate files are looked at for changes, in milliseconds',
    schema: count(100, 86_400_000),
  }),
  tokens: define({
    flag: '--tokens <file>',
    env: 'TRIPTYCH_TOKENS',
    default: '',
    description:
      'JSON file of accepted bearer tokens, by their hashes, with their methods; empty: none is asked for',
    path: true,
    schema: z.string(),
  }),
  metricsListen: define({
    flag: '--metrics-listen <host:port>',
    env: 'TRIPTYCH_METRICS_LISTEN',
    default: '',
    description: 'address of /metrics, /livez and /readyz over HTTP; empty: none',
    schema: address('HOST:PORT, such as 127.0.0.1:9464', (text) => text === ''),
  }),
  otlpEndpoint: define({
    flag: '--otlp-endpoint <url>',
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    default: '',
    description:
      'OpenTelemetry collector that gets traces by OTLP over HTTP, such as http://127.0.0.1:4318; empty: no traces',
    schema: collector,
  }),
  traceRatio: define({
    flag: '--trace-ratio <ratio>',
    env: 'OTEL_TRACES_SAMPLER_ARG',
    default: 1,
    description: 'share of the calls without a trace of their caller that are traced, 0 to 1',
    schema: ratio(0, 1),
  }),
  serviceName: define({
    flag: '--service-name <name>',
    env: 'OTEL_SERVICE_NAME',
    default: 'triptych',
    description: 'name of this service in traces',
    schema: z.string().min(1),
  }),
  threads: define({
    flag: '--threads <n>',
    env: 'TRIPTYCH_THREADS',
    default: engineDefaults.threads,
    description: 'threads of one inference; 0: one a core',
    schema: count(0, 256),
  }),
  instances: define<number | 'auto'>({
    flag: '--instances <n|auto>',
    env: 'TRIPTYCH_INSTANCES',
    default: engineDefaults.instances,
    description:
      'further sessions of an audio encoder that share its threads: short clips that wait are computed side by side; each takes ' +
      'the memory of the weights again; auto: one a thread, within 128 MiB of weights; 0: none',
    schema: z.union([z.literal('auto'), count(0, 64)], {
      error: 'expected auto, or a whole number from 0 to 64',
    }),
  }),
  isolation: define<Isolation>({
    flag: '--isolation <thread|process>',
    env: 'TRIPTYCH_ISOLATION',
    default: engineDefaults.isolation,
    description:
      "where models' sessions run and containers of audio are decoded: threads of the server, or processes of their own, which may crash or be killed without it; images are decoded in processes always",
    schema: z.enum(['thread', 'process']),
  }),
  device: define({
    flag: '--device <device>',
    env: 'TRIPTYCH_DEVICE',
    default: engineDefaults.device,
    description:
      'what models run on: cpu, webgpu, cuda, cuda:N, or auto, the fastest that there is (triptych devices lists them); a device that was asked for and is not there ends the start',
    schema: device,
  }),
  precision: define<Precision | 'auto'>({
    flag: '--precision <precision>',
    env: 'TRIPTYCH_PRECISION',
    default: engineDefaults.precision,
    description:
      'what transformer blocks are computed in on a device other than the CPU: float32, float16, or auto, which is float16 where it is much faster (CUDA)',
    schema: z.enum(['float32', 'float16', 'auto']),
  }),
  batchTokens: define({
    flag: '--batch-tokens <n>',
    env: 'TRIPTYCH_BATCH_TOKENS',
    default: engineDefaults.batchTokens,
    description:
      'tokens of one batch on a device other than the CPU, such as 24576 for 16 windows of Whisper; 0: what the device is known to like',
    schema: count(0, 1_048_576),
  }),
  audioWorkers: define({
    flag: '--audio-workers <n>',
    env: 'TRIPTYCH_AUDIO_WORKERS',
    default: engineDefaults.audioWorkers,
    description: 'worker threads that decode and resample PCM; containers have two workers of their own',
    schema: count(1, 64),
  }),
  imageWorkers: define({
    flag: '--image-workers <n>',
    env: 'TRIPTYCH_IMAGE_WORKERS',
    default: engineDefaults.imageWorkers,
    description:
      'processes that decode and resize images up to 40 ms of work; each of the three classes of more expensive images starts as many of its own when such images come; 0: one for each core, at most 4',
    schema: count(0, 64),
  }),
  decodeTimeoutMs: define({
    flag: '--decode-timeout-ms <ms>',
    env: 'TRIPTYCH_DECODE_TIMEOUT_MS',
    default: engineDefaults.decodeTimeoutMs,
    description:
      'longest that decoding one clip or chunk of a container, or one image, may take, in milliseconds; turns of others in between do not count',
    schema: count(100, 600_000),
  }),
  tokenizeTimeoutMs: define({
    flag: '--tokenize-timeout-ms <ms>',
    env: 'TRIPTYCH_TOKENIZE_TIMEOUT_MS',
    default: engineDefaults.tokenizeTimeoutMs,
    description: 'longest that tokenizing one text may take, in milliseconds',
    schema: count(100, 600_000),
  }),
  modelControl: define({
    flag: '--model-control [on|off]',
    env: 'TRIPTYCH_MODEL_CONTROL',
    default: false,
    description:
      'Models.Load, Unload and Reload: off, or on for whoever may call; where tokens are asked for, for those that name these methods in full',
    schema: onOff,
  }),
  modelRoots: define({
    flag: '--model-root <dir>',
    env: 'TRIPTYCH_MODEL_ROOTS',
    default: [] as string[],
    description: 'folder below which Models.Load finds model directories (none: it loads none by path)',
    repeatable: true,
    path: true,
    schema: z.array(z.string().min(1)),
  }),
  hubModels: define({
    flag: '--hub-model <pattern>',
    env: 'TRIPTYCH_HUB_MODELS',
    default: [] as string[],
    description:
      'models of the hub that Models.Load may pull: OWNER/NAME, OWNER/* or * (none: it pulls none)',
    repeatable: true,
    schema: z.array(
      z.string().regex(/^(\*|[\w.-]+\/(\*|[\w.-]+))$/, 'expected OWNER/NAME, an owner and a star, or a star'),
    ),
  }),
  modelMemory: define({
    flag: '--model-memory <bytes>',
    env: 'TRIPTYCH_MODEL_MEMORY',
    default: engineDefaults.modelMemory,
    description:
      'memory that loaded models may take together, in bytes, by an estimate; the least recently used one that nothing works with goes for another; 0: no bound',
    schema: count(0, Number.MAX_SAFE_INTEGER),
  }),
  modelIdleMs: define({
    flag: '--model-idle-ms <ms>',
    env: 'TRIPTYCH_MODEL_IDLE_MS',
    default: engineDefaults.modelIdleMs,
    description:
      'time without a call after which a model is unloaded, until the next call loads it, in milliseconds; 0: never',
    schema: count(0, 2_147_000_000),
  }),
  modelLoads: define({
    flag: '--model-loads <n>',
    env: 'TRIPTYCH_MODEL_LOADS',
    default: engineDefaults.modelLoads,
    description: 'models that are loaded at a time',
    schema: count(1, 64),
  }),
  modelWaitMs: define({
    flag: '--model-wait-ms <ms>',
    env: 'TRIPTYCH_MODEL_WAIT_MS',
    default: engineDefaults.modelWaitMs,
    description: 'longest that loading a model waits for memory that models in use take, in milliseconds',
    schema: count(1, 3_600_000),
  }),
  maxModels: define({
    flag: '--max-models <n>',
    env: 'TRIPTYCH_MAX_MODELS',
    default: engineDefaults.maxModels,
    description: 'models that may be known, loaded or not',
    schema: count(1, 10_000),
  }),
  queueItems: define({
    flag: '--queue-items <n>',
    env: 'TRIPTYCH_QUEUE_ITEMS',
    default: engineDefaults.queueItems,
    description:
      'items that are prepared or computed at a time for one model and modality, and items of unary calls that one caller may have in work there',
    schema: count(1, 1_000_000),
  }),
  queueAllItems: define({
    flag: '--queue-all-items <n>',
    env: 'TRIPTYCH_QUEUE_ALL_ITEMS',
    default: engineDefaults.queueAllItems,
    description: 'items of unary calls that all callers together may have in work for one model and modality',
    schema: count(1, 1_000_000),
  }),
  queueBytes: define({
    flag: '--queue-bytes <bytes>',
    env: 'TRIPTYCH_QUEUE_BYTES',
    default: engineDefaults.queueBytes,
    description:
      'bytes of messages that are in work, of which one caller may hold no more than stay free, and bytes that may wait for one encoder',
    schema: count(MIB, Number.MAX_SAFE_INTEGER),
  }),
  maxClips: define({
    flag: '--max-clips <n>',
    env: 'TRIPTYCH_MAX_CLIPS',
    default: engineDefaults.maxClips,
    description: 'clips that one Encode call may hold',
    schema: count(1, 10_000),
  }),
  maxImages: define({
    flag: '--max-images <n>',
    env: 'TRIPTYCH_MAX_IMAGES',
    default: engineDefaults.maxImages,
    description: 'images that one Encode call, or one batch of a stream, may hold',
    schema: count(1, 10_000),
  }),
  maxPixels: define({
    flag: '--max-pixels <n>',
    env: 'TRIPTYCH_MAX_PIXELS',
    default: engineDefaults.maxPixels,
    description: 'largest image, in pixels; checked before anything is decoded',
    schema: count(1, 1_000_000_000),
  }),
  maxTexts: define({
    flag: '--max-texts <n>',
    env: 'TRIPTYCH_MAX_TEXTS',
    default: engineDefaults.maxTexts,
    description: 'texts that one Encode call may hold',
    schema: count(1, 100_000),
  }),
  maxItems: define({
    flag: '--max-items <n>',
    env: 'TRIPTYCH_MAX_ITEMS',
    default: engineDefaults.maxItems,
    description: 'queries and candidates, or items and labels, that one CrossModal call may hold',
    schema: count(1, 100_000),
  }),
  streamImages: define({
    flag: '--stream-images <n>',
    env: 'TRIPTYCH_STREAM_IMAGES',
    default: engineDefaults.streamImages,
    description: 'images of one stream that may be in work or unread; beyond that the stream is not read',
    schema: count(1, 10_000),
  }),
  streamWindows: define({
    flag: '--stream-windows <n>',
    env: 'TRIPTYCH_STREAM_WINDOWS',
    default: engineDefaults.streamWindows,
    description: 'windows of one stream that may be in work or unread; beyond that the stream is not read',
    schema: count(1, 1000),
  }),
  maxMessageBytes: define({
    flag: '--max-message-bytes <bytes>',
    env: 'TRIPTYCH_MAX_MESSAGE_BYTES',
    default: 16 * MIB,
    description: 'largest message that is received, in bytes',
    schema: count(1024, 1024 * MIB),
  }),
  maxMetadataBytes: define({
    flag: '--max-metadata-bytes <bytes>',
    env: 'TRIPTYCH_MAX_METADATA_BYTES',
    default: 16 * 1024,
    description: 'longest metadata of a call, names and values together, in bytes',
    schema: count(256, MIB),
  }),
  maxAnswerBytes: define({
    flag: '--max-answer-bytes <bytes>',
    env: 'TRIPTYCH_MAX_ANSWER_BYTES',
    default: engineDefaults.maxAnswerBytes,
    description: 'largest message that is sent, in bytes',
    schema: count(1024, 1024 * MIB),
  }),
  flightKeptBytes: define({
    flag: '--flight-kept-bytes <bytes>',
    env: 'TRIPTYCH_FLIGHT_KEPT_BYTES',
    default: 64 * MIB,
    description:
      "rows of Arrow Flight's DoPut that are kept until DoGet fetches them, in bytes, of all callers; 0: none",
    schema: count(0, 64 * 1024 * MIB),
  }),
  maxStreams: define({
    flag: '--max-streams <n>',
    env: 'TRIPTYCH_MAX_STREAMS',
    default: 1000,
    description: 'calls and streams that one connection may have open at a time',
    schema: count(1, 100_000),
  }),
  maxCalls: define({
    flag: '--max-calls <n>',
    env: 'TRIPTYCH_MAX_CALLS',
    default: 10_000,
    description:
      'calls and streams that all connections together may have open at a time; one caller may have no more than stay free for others',
    schema: count(1, 1_000_000),
  }),
  maxConnections: define({
    flag: '--max-connections <n>',
    env: 'TRIPTYCH_MAX_CONNECTIONS',
    default: 10_000,
    description: 'connections that may be open at a time, three quarters of them from one address',
    schema: count(1, 1_000_000),
  }),
  idleMs: define({
    flag: '--idle-ms <ms>',
    env: 'TRIPTYCH_IDLE_MS',
    default: 300_000,
    description:
      'time without a message either way, and with nothing in work, after which a call or stream ends, in milliseconds; 0: never',
    schema: count(0, 2_147_000_000),
  }),
  unreadMs: define({
    flag: '--unread-ms <ms>',
    env: 'TRIPTYCH_UNREAD_MS',
    default: 30_000,
    description:
      'time that an answer waits for its client to read it, beside a second for each 128 KB, before the call ends, in milliseconds',
    schema: count(100, 2_147_000_000),
  }),
  unreadBytes: define({
    flag: '--unread-bytes <bytes>',
    env: 'TRIPTYCH_UNREAD_BYTES',
    default: 64 * MIB,
    description:
      'bytes of answers that may wait for one caller to read them; beyond, its calls are refused, and beyond twice as much ended',
    schema: count(1024, Number.MAX_SAFE_INTEGER),
  }),
  authFailures: define({
    flag: '--auth-failures <n>',
    env: 'TRIPTYCH_AUTH_FAILURES',
    default: 60,
    description:
      'calls of one address a minute without a token that is known that are answered at once; further ones are slowed down',
    schema: count(1, 1_000_000),
  }),
  connectionAgeMs: define({
    flag: '--connection-age-ms <ms>',
    env: 'TRIPTYCH_CONNECTION_AGE_MS',
    default: 0,
    description:
      'age at which a connection takes no new calls, so that clients spread over replicas, in milliseconds; 0: never',
    schema: count(0, 2_147_000_000),
  }),
  connectionGraceMs: define({
    flag: '--connection-grace-ms <ms>',
    env: 'TRIPTYCH_CONNECTION_GRACE_MS',
    default: 60_000,
    description: 'time that calls of a connection of that age get to finish, in milliseconds',
    schema: count(0, 2_147_000_000),
  }),
  keepaliveMs: define({
    flag: '--keepalive-ms <ms>',
    env: 'TRIPTYCH_KEEPALIVE_MS',
    default: 60_000,
    description: 'how often a silent client is asked whether it is still there, in milliseconds',
    schema: count(1000, 2_147_000_000),
  }),
  drainMs: define({
    flag: '--drain-ms <ms>',
    env: 'TRIPTYCH_DRAIN_MS',
    default: 10_000,
    description: 'time that calls in flight get to finish after SIGTERM, in milliseconds',
    schema: count(0, 3_600_000),
  }),
  reflection: define({
    flag: '--reflection <on|off>',
    env: 'TRIPTYCH_REFLECTION',
    default: true,
    description: 'gRPC server reflection: on or off',
    schema: onOff,
  }),
  selfCheck: define({
    flag: '--self-check [on|off]',
    env: 'TRIPTYCH_SELF_CHECK',
    default: false,
    description: "hold each model to its directory's reference.json before serving, and end where it fails",
    schema: onOff,
  }),
  logLevel: define<LogLevel>({
    flag: '--log-level <level>',
    env: 'TRIPTYCH_LOG_LEVEL',
    default: 'info',
    description: 'debug, info, warn, error or silent; logs are JSON lines on standard error',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  }),
};

export type Settings = typeof settings;
export type SettingName = keyof Settings;

/** The server's configuration, complete and checked. */
export type ServerConfig = {
  readonly [K in SettingName]: Settings[K] extends Setting<infer T> ? T : never;
};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
