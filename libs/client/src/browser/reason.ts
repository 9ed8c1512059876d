import { ConnectError } from '@connectrpc/connect';
import { CallError } from '../call-error.js';
import { ErrorInfoSchema } from './gen/google/rpc/error_details_pb.js';

/** The server's reason for a failed call or stream: a name of docs/api.md. Undefined where it gave none. */
export function reasonOf(thrown: unknown): string | undefined {
  if (thrown instanceof CallError) return thrown.details?.reason;
  return thrown instanceof ConnectError ? thrown.findDetails(ErrorInfoSchema)[0]?.reason : undefined;
}
