import { Metadata, status as grpcStatus, type StatusObject } from '@grpc/grpc-js';
import type { TriptychError } from '@triptych/core';
import { encodeStatus, type ItemError } from '@triptych/protocol';
import { clip, codeOf, retryDelayOf } from '../calls/public-error.js';
import { apiMessage } from './api-message.js';

/** Trailer of the serialised `google.rpc.Status`. */
export const DETAILS_KEY = 'grpc-status-details-bin';

/** A call's status as grpc-js sends it. */
export type CallStatus = Pick<StatusObject, 'code' | 'details' | 'metadata'>;

/** The status of a failed call, with details that programs can read. */
export function toStatus(error: TriptychError, requestId?: string): CallStatus {
  const code = grpcStatus[codeOf[error.code]];
  const message = apiMessage(error);
  const metadata = new Metadata();
  // Nobody is there to read it; where somebody is, details are added as it is sent.
  if (error.code === 'cancelled') return { code, details: message, metadata };
  const violations = error.field === undefined ? [] : [{ field: error.field, description: message }];
  const retryDelayMs = retryDelayOf(error);
  const { reason } = error;
  const resource = error.resource && { ...error.resource, name: clip(error.resource.name) };
  metadata.set(
    DETAILS_KEY,
    encodeStatus(code, message, { reason, violations, retryDelayMs, resource, requestId }),
  );
  return { code, details: message, metadata };
}

/** One item's failure, while its batch or stream goes on. */
export function toItemError(error: TriptychError): ItemError {
  const code = grpcStatus[codeOf[error.code]];
  const message = apiMessage(error);
  return { code, reason: error.reason, message, field: error.field ?? '', retryable: error.retryable };
}
