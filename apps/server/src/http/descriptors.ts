import { createFileRegistry, type DescMethod, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { TriptychError } from '@triptych/core';
import { publishedDescriptors } from '@triptych/protocol';

let registry: FileRegistry | undefined;

/** The API as its files declare it, for what reads and writes protobuf's JSON. Made when it is first asked for. */
export function apiRegistry(): FileRegistry {
  return (registry ??= createFileRegistry(fromBinary(FileDescriptorSetSchema, publishedDescriptors())));
}

/** A method by its path: `/SERVICE/METHOD`. */
export function methodOf(path: string): DescMethod {
  const [service, name] = path.slice(1).split('/');
  const method = apiRegistry()
    .getService(service)
    ?.methods.find((one) => one.name === name);
  if (!method) throw new TriptychError('INTERNAL', `${path} is in no published file`);
  return method;
}
