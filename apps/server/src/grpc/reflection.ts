import {
  loadPackageDefinition,
  type ServerDuplexStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import {
  loadPublishedFiles,
  loadPublishedPackage,
  type PublishedFile,
  type PublishedFiles,
} from '@triptych/protocol';
import { duplex, messages, send } from './call.js';
import { readMessage } from './messages/unread-message.js';
import type { CallObservers } from './observe-call.js';
import type { Service } from './services.js';

const versions = ['v1', 'v1alpha'] as const;

/** `ServerReflectionRequest`: one of the fields, named by `message_request`. Names as the descriptors have them. */
interface Request {
  readonly host: string;
  readonly message_request?: string;
  readonly list_services?: string;
  readonly file_by_filename?: string;
  readonly file_containing_symbol?: string;
  readonly all_extension_numbers_of_type?: string;
}

type Answer =
  | { readonly list_services_response: { readonly service: readonly { readonly name: string }[] } }
  | { readonly file_descriptor_response: { readonly file_descriptor_proto: readonly Uint8Array[] } }
  | { readonly error_response: { readonly error_code: number; readonly error_message: string } };

/**
 * `grpc.reflection.v1.ServerReflection`, and v1alpha: which services there are, among them health and this one, and the files that
 * describe them, as the compiler wrote them. A client is read no faster than it reads.
 */
export function reflection(observers: CallObservers, offered: readonly string[]): Service[] {
  const files = loadPublishedFiles();
  const services = versions.map((version) => `grpc.reflection.${version}.ServerReflection`);
  const listed = [...offered, ...services];
  const api = loadPackageDefinition(loadPublishedPackage()) as unknown as {
    grpc: { reflection: Record<string, { ServerReflection: { service: ServiceDefinition } }> };
  };
  const handlers: UntypedServiceImplementation = {
    ServerReflectionInfo: duplex(observers, async (call: ServerDuplexStream<Request, object>, { signal }) => {
      for await (const request of messages(call, signal, readMessage)) {
        const answer = {
          valid_host: request.host,
          original_request: request,
          ...answerTo(request, files, listed),
        };
        await send(call, answer, signal);
      }
    }),
  };
  return versions.map((version, i) => ({
    name: services[i],
    definition: api.grpc.reflection[version].ServerReflection.service,
    handlers,
  }));
}

function answerTo(request: Request, files: PublishedFiles, services: readonly string[]): Answer {
  switch (request.message_request) {
    case 'list_services':
      return { list_services_response: { service: services.map((name) => ({ name })) } };
    case 'file_by_filename':
      return found(files.byName(request.file_by_filename ?? ''), files);
    case 'file_containing_symbol':
      return found(files.bySymbol(request.file_containing_symbol ?? ''), files);
    case 'file_containing_extension':
    case 'all_extension_numbers_of_type':
      return failure(status.NOT_FOUND, 'the API has no extensions');
    default:
      return failure(status.INVALID_ARGUMENT, 'the request asks for nothing; expected one of its fields');
  }
}

/** The file and all that it imports: a client needs them to understand it. */
function found(file: PublishedFile | undefined, files: PublishedFiles): Answer {
  if (!file) return failure(status.NOT_FOUND, 'the API has nothing of this name');
  const wanted = new Set([file]);
  for (const { imports } of wanted) {
    for (const name of imports) {
      const imported = files.byName(name);
      if (imported) wanted.add(imported);
    }
  }
  return { file_descriptor_response: { file_descriptor_proto: [...wanted].map(({ bytes }) => bytes) } };
}

function failure(code: number, message: string): Answer {
  return { error_response: { error_code: code, error_message: message } };
}
