/** What kind of failure it is. Only the server maps these to gRPC statuses. */
export type ErrorCode =
  | 'invalid-input'
  | 'unknown-enum'
  | 'bad-stream-order'
  | 'payload-too-large'
  | 'overloaded'
  | 'model-not-found'
  | 'modality-not-served'
  | 'not-ready'
  | 'draining'
  | 'cancelled'
  | 'deadline-passed'
  | 'unauthenticated'
  | 'permission-denied'
  | 'load-failed'
  | 'bad-weights'
  | 'bad-config'
  | 'internal';

interface Entry {
  readonly code: ErrorCode;
  /** True where the same request may succeed later, unchanged. */
  readonly retryable?: true;
  /** One line for the documentation. */
  readonly meaning: string;
}

const entry = (code: ErrorCode, meaning: string): Entry => ({ code, meaning });
const later = (code: ErrorCode, meaning: string): Entry => ({ code, meaning, retryable: true });

/** Every reason Triptych gives for a failure: stable names that programs may match on. */
export const catalogue = {
  AUDIO_EMPTY: entry('invalid-input', 'The clip holds no samples.'),
  AUDIO_TOO_SHORT: entry('invalid-input', 'Less than 0.1 s of audio.'),
  AUDIO_TOO_LONG: entry(
    'invalid-input',
    "More audio in a clip than the model's context, or than 600 s in a compressed chunk.",
  ),
  AUDIO_NOT_FINITE: entry('invalid-input', 'A float sample is NaN or infinite.'),
  AUDIO_OUT_OF_RANGE: entry('invalid-input', 'A float sample lies outside ±1.1.'),
  AUDIO_PARTIAL_SAMPLE: entry('invalid-input', 'The bytes end in the middle of a sample or frame.'),
  AUDIO_ENCODING_UNKNOWN: entry('unknown-enum', 'The audio encoding is unset or not one this server knows.'),
  AUDIO_SAMPLE_RATE: entry('invalid-input', 'The sample rate lies outside 4 000 to 192 000 Hz.'),
  AUDIO_CHANNELS: entry('invalid-input', 'The channel count lies outside 1 to 8.'),
  AUDIO_CONTAINER_UNKNOWN: entry('invalid-input', 'The bytes are not WAV, FLAC, MP3 or Ogg.'),
  AUDIO_CONTAINER_CORRUPT: entry('invalid-input', 'The container or its compressed audio is damaged.'),
  AUDIO_CONTAINER_LENGTH: entry('invalid-input', 'The container declares another length than it has.'),
  AUDIO_DECODE_TIMEOUT: entry('invalid-input', 'Decoding took longer than this server allows.'),
  IMAGE_EMPTY: entry('invalid-input', 'The image holds no bytes or no pixels.'),
  IMAGE_FORMAT_UNKNOWN: entry('invalid-input', 'The bytes are not JPEG, PNG, WebP, GIF, AVIF or TIFF.'),
  IMAGE_CORRUPT: entry('invalid-input', 'The image is damaged or cut short.'),
  IMAGE_UNSUPPORTED: entry(
    'invalid-input',
    'The image has pixels of another kind than 8 or 16 bits of grey or RGB, or 8 of CMYK.',
  ),
  IMAGE_TOO_LARGE: entry('payload-too-large', 'The image has more pixels than this server decodes.'),
  IMAGE_SIZE_MISMATCH: entry(
    'invalid-input',
    'Raw pixels have another length than width and height ask for.',
  ),
  IMAGE_OUT_OF_RANGE: entry('invalid-input', 'A float pixel is NaN or lies outside [0, 1].'),
  IMAGE_DECODE_TIMEOUT: entry('invalid-input', 'Decoding took longer than this server allows.'),
  PIXEL_FORMAT_UNKNOWN: entry('unknown-enum', 'The pixel format is unset or not one this server knows.'),
  TEXT_NOT_UTF8: entry('invalid-input', 'The text is not valid UTF-8.'),
  TEXT_TOO_LARGE: entry('payload-too-large', 'The text has more bytes than this server reads.'),
  TEXT_TOO_LONG: entry(
    'invalid-input',
    "The text has more tokens than the model's context, and reject_too_long was set.",
  ),
  TEXT_TOKENIZE_TIMEOUT: entry('invalid-input', 'Tokenizing took longer than this server allows.'),
  TEXT_TOKENIZE_CRASH: entry(
    'invalid-input',
    "The model's tokenizer ended over the text, and so did the one that replaced it.",
  ),
  PROMPT_UNKNOWN: entry('invalid-input', 'The model has no prompt of this name to put before texts.'),
  ITEM_EMPTY: entry('invalid-input', 'A cross-modal item holds nothing to compare.'),
  SPACE_MISMATCH: entry(
    'invalid-input',
    'A vector or modality does not lie in the space that is compared in.',
  ),
  EMBEDDING_INVALID: entry(
    'invalid-input',
    'A precomputed vector has another shape than the space, or no direction.',
  ),
  WEIGHT_INVALID: entry('invalid-input', 'A weight is negative or no number, or all weights are zero.'),
  FUSION_INVALID: entry('invalid-input', 'Rankings cannot be fused as the request has it.'),
  FUSION_UNDEFINED: entry('invalid-input', 'The vectors cancel each other out: they have no mean direction.'),
  TEMPLATE_INVALID: entry('invalid-input', 'A classification template does not hold {} once.'),
  ID_TOO_LONG: entry('invalid-input', 'The id of an item has more than 1024 bytes.'),
  BATCH_EMPTY: entry('invalid-input', 'The request holds no item.'),
  BATCH_TOO_LARGE: entry('payload-too-large', 'The request holds more items than one call may.'),
  ENUM_UNKNOWN: entry('unknown-enum', 'An enum field holds a number this server does not know.'),
  POOLING_UNSUPPORTED: entry('invalid-input', 'The encoder does not offer this pooling.'),
  DIMENSIONS_INVALID: entry('invalid-input', 'More dimensions were asked for than the model has.'),
  WINDOW_INVALID: entry('invalid-input', 'The window or hop of a stream is out of range.'),
  TENSOR_UNEXPECTED: entry(
    'invalid-input',
    'The model has no tensor of this name, or takes another datatype or shape.',
  ),
  TENSOR_MALFORMED: entry('invalid-input', "A tensor's bytes are not what its datatype and shape say."),
  PARAMETER_INVALID: entry('invalid-input', 'A parameter is unknown to the model, or holds a wrong value.'),
  URL_REFUSED: entry('invalid-input', 'A file is named by a URL that this server may not fetch.'),
  URL_UNREADABLE: entry('invalid-input', 'The file that a URL names did not come, or not in time.'),
  ARROW_MALFORMED: entry('invalid-input', 'An Arrow message is not what its format says, or holds too much.'),
  ARROW_UNSUPPORTED: entry(
    'modality-not-served',
    'An Arrow type, encoding or compression is not one this server reads.',
  ),
  COLUMN_UNEXPECTED: entry(
    'invalid-input',
    'A table has no column to encode, one of another type, or two of one name.',
  ),
  ROW_NULL: entry('invalid-input', 'The row holds null where there should be content.'),
  TICKET_UNKNOWN: entry('model-not-found', 'Nothing is kept under the ticket, or not any more.'),
  MESSAGE_MALFORMED: entry('invalid-input', 'The bytes are not a message of the method.'),
  STREAM_NO_CONFIG: entry('bad-stream-order', 'The first message of a stream must be its config.'),
  STREAM_SECOND_CONFIG: entry('bad-stream-order', 'A stream takes one config, as its first message.'),
  STREAM_EMPTY_MESSAGE: entry('bad-stream-order', 'A stream message holds neither config nor data.'),
  STREAM_SEQUENCE: entry('bad-stream-order', 'Chunk sequence numbers go from 0 up by one.'),
  SEQUENCE_INVALID: entry('bad-stream-order', 'A sequence of requests has no start, or starts twice.'),
  MESSAGE_TOO_LARGE: entry('payload-too-large', 'A message is larger than this server receives or sends.'),
  PROTOCOL_ERROR: entry('internal', 'A header or a compressed message is not what gRPC says it is.'),
  NOT_IMPLEMENTED: entry(
    'modality-not-served',
    'The method, or how a message is compressed, is not known to this server.',
  ),
  SERVICE_UNKNOWN: entry('model-not-found', 'Health or reflection were asked for a name that is not served.'),
  MODEL_NOT_FOUND: entry('model-not-found', 'No model of this name is served.'),
  MODEL_NAME_INVALID: entry('invalid-input', 'A name cannot be that of a model, or stands for another.'),
  MODEL_SOURCE_INVALID: entry(
    'invalid-input',
    'A model is to be loaded from where this server does not load models from.',
  ),
  MODEL_LOAD_FAILED: entry('load-failed', 'A model cannot be loaded; what was served before is served on.'),
  MODEL_TOO_LARGE: entry('payload-too-large', 'A model takes more memory than all may take together.'),
  MODEL_NO_ROOM: later('overloaded', 'Models that are in use take the memory that a model needs.'),
  MODELS_TOO_MANY: entry('payload-too-large', 'As many models or aliases are known as may be.'),
  MODALITY_NOT_SERVED: entry('modality-not-served', 'No served model takes this modality.'),
  OVERLOADED: later('overloaded', 'The queue is full.'),
  WORKER_LOST: later('not-ready', 'The worker that held this item died; it is being restarted.'),
  NOT_READY: later('not-ready', 'The model is loading or restarting.'),
  DRAINING: later('draining', 'The server is shutting down.'),
  CANCELLED: entry('cancelled', 'The client cancelled the call.'),
  METADATA_TOO_LARGE: entry('payload-too-large', "The call's metadata is longer than this server takes."),
  WINDOW_LATE: entry(
    'deadline-passed',
    'The window would have been answered later than max_lag_ms after its last chunk, and was dropped.',
  ),
  DEADLINE_PASSED: entry('deadline-passed', "The call's deadline passed before the item was computed."),
  CALL_IDLE: later('not-ready', 'Nothing was sent or read on the call for as long as this server waits.'),
  TOKEN_MISSING: entry('unauthenticated', 'The call brings no bearer token, or none that this server knows.'),
  TOKEN_GUESSED: later(
    'overloaded',
    'Too many calls without a token that this server knows came from there.',
  ),
  METHOD_DENIED: entry('permission-denied', 'The token may not call this method.'),
  FILE_OUTSIDE: entry('bad-weights', 'A file names another that lies outside of its directory.'),
  WEIGHTS_MISSING: entry('bad-weights', 'A model file is missing.'),
  WEIGHTS_CORRUPT: entry('bad-weights', 'A model file cannot be read.'),
  WEIGHTS_SCHEMA: entry('bad-weights', 'A weights file has another schema than V1 or V2.'),
  TENSOR_MISSING: entry('bad-weights', 'A tensor that the architecture needs is absent.'),
  TENSOR_SHAPE: entry('bad-weights', 'A tensor has another shape than the configuration asks for.'),
  TENSOR_DTYPE: entry('bad-weights', 'A tensor is stored in a type that cannot be read.'),
  ARCHITECTURE_UNKNOWN: entry('bad-weights', 'The architecture is not one that Triptych serves.'),
  MODEL_CONFIG: entry('bad-weights', "The model's configuration lacks a value or holds a wrong one."),
  SELF_CHECK_FAILED: entry('bad-weights', "A model's vectors are not those of its reference."),
  DEVICE_UNAVAILABLE: entry(
    'bad-config',
    'The device that a model is to run on cannot be had on this machine.',
  ),
  CONFIG_INVALID: entry('bad-config', 'Flags or environment hold a wrong value.'),
  HUB_NOT_FOUND: entry('bad-config', 'The hub has no such model, revision or file, or hides it.'),
  HUB_DENIED: entry('bad-config', 'The hub asks for a token, or for another one.'),
  HUB_UNREACHABLE: later('bad-config', 'The hub did not answer, or not to the end.'),
  HUB_CORRUPT: entry('bad-config', 'What the hub sent is not what it announced.'),
  HUB_OFFLINE: entry('bad-config', 'A model is not in the cache, and the hub may not be asked.'),
  OUTPUT_EXISTS: entry('bad-config', 'The output exists already.'),
  FILE_UNREADABLE: entry('bad-config', 'A file cannot be read or written.'),
  INTERNAL: entry('internal', 'A fault of the server; its log has the cause.'),
} as const satisfies Record<string, Entry>;

/** A stable, UPPER_SNAKE name of why something failed. */
export type Reason = keyof typeof catalogue;
