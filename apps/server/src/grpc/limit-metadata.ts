import type { Metadata } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import type { CallCheck } from './refusal.js';

/** Refuses calls whose metadata, names and values together, are longer than `maxBytes`. */
export function limitMetadata(maxBytes: number): CallCheck {
  return ({ metadata }) => {
    const bytes = metadataBytes(metadata);
    if (bytes <= maxBytes) return;
    const message = `the metadata is ${bytes} bytes long; this server takes ${maxBytes}`;
    throw new TriptychError('METADATA_TOO_LARGE', message);
  };
}

function metadataBytes(metadata: Metadata): number {
  return Object.keys(metadata.getMap()).reduce(
    (sum, key) => sum + metadata.get(key).reduce((bytes, value) => bytes + key.length + value.length, 0),
    0,
  );
}
