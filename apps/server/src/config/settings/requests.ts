import { engineDefaults } from '@triptych/engine/settings';
import { count } from '../schemas.js';
import { define } from './setting.js';

const MIB = 1024 * 1024;

/** What is in work at a time, and what one call, stream or message may hold. */
export const requestSettings = {
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
    description:
      'largest message that is received, in bytes; a batch of Arrow Flight may be a quarter of --queue-bytes',
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
};
