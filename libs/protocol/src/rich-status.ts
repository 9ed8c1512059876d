import type protobuf from 'protobufjs';
import { loadRoot } from './load.js';

/** `ErrorInfo.domain` of every error that Triptych itself raises. */
export const ERROR_DOMAIN = 'triptych';

/** What a failed call says besides its status code. */
export interface ErrorDetails {
  readonly reason: string;
  readonly violations: readonly { readonly field: string; readonly description: string }[];
  readonly retryDelayMs?: number | undefined;
  /** What was asked for, where it is that which is wrong. */
  readonly resource?: { readonly type: string; readonly name: string } | undefined;
  /** What the server's log knows the call by. */
  readonly requestId?: string | undefined;
}

interface AnyMessage {
  readonly type_url: string;
  readonly value: Uint8Array;
}

const types = (() => {
  const root = loadRoot();
  const type = (name: string) => root.lookupType(`google.rpc.${name}`);
  return {
    Status: type('Status'),
    ErrorInfo: type('ErrorInfo'),
    BadRequest: type('BadRequest'),
    RetryInfo: type('RetryInfo'),
    RequestInfo: type('RequestInfo'),
    ResourceInfo: type('ResourceInfo'),
  };
})();

/** Serialises a `google.rpc.Status` for the trailer `grpc-status-details-bin`. */
export function encodeStatus(code: number, message: string, details: ErrorDetails): Buffer {
  const { reason, violations, retryDelayMs, resource, requestId } = details;
  const any = [pack(types.ErrorInfo, { reason, domain: ERROR_DOMAIN })];
  if (violations.length > 0) any.push(pack(types.BadRequest, { fieldViolations: violations }));
  if (retryDelayMs !== undefined) {
    const retryDelay = { seconds: Math.floor(retryDelayMs / 1000), nanos: (retryDelayMs % 1000) * 1e6 };
    any.push(pack(types.RetryInfo, { retryDelay }));
  }
  if (resource) {
    const { type, name } = resource;
    any.push(pack(types.ResourceInfo, { resourceType: type, resourceName: name, description: message }));
  }
  if (requestId !== undefined) any.push(pack(types.RequestInfo, { requestId }));
  return Buffer.from(types.Status.encode(types.Status.fromObject({ code, message, details: any })).finish());
}

/** Reads what {@link encodeStatus} wrote; undefined where the bytes are something else. */
export function decodeStatus(bytes: Uint8Array): ErrorDetails | undefined {
  try {
    const status = types.Status.decode(bytes) as unknown as { details: AnyMessage[] };
    const find = <T>(type: protobuf.Type): T | undefined => {
      const any = status.details.find((detail) => detail.type_url.endsWith(`/${type.fullName.slice(1)}`));
      return (
        any && (type.toObject(type.decode(any.value), { longs: Number, defaults: true, arrays: true }) as T)
      );
    };
    const info = find<{ reason: string }>(types.ErrorInfo);
    const bad = find<{ fieldViolations: ErrorDetails['violations'] }>(types.BadRequest);
    const retry = find<{ retryDelay: { seconds: number; nanos: number } }>(types.RetryInfo);
    const resource = find<{ resourceType: string; resourceName: string }>(types.ResourceInfo);
    const request = find<{ requestId: string }>(types.RequestInfo);
    if (!info) return undefined;
    return {
      reason: info.reason,
      violations: bad?.fieldViolations ?? [],
      retryDelayMs: retry && retry.retryDelay.seconds * 1000 + retry.retryDelay.nanos / 1e6,
      resource: resource && { type: resource.resourceType, name: resource.resourceName },
      requestId: request?.requestId,
    };
  } catch {
    return undefined;
  }
}

function pack(type: protobuf.Type, value: object): AnyMessage {
  return {
    type_url: `type.googleapis.com/${type.fullName.slice(1)}`,
    value: type.encode(type.fromObject(value)).finish(),
  };
}
