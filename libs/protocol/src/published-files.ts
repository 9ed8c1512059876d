import { loadFileDescriptorSetFromBuffer, type PackageDefinition } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import encoded from './gen/descriptors.js';

/** All of proto/ and the standard services, as the compiler described them: made by `npm run proto:gen`. */
const descriptors = Buffer.from(encoded, 'base64');

/** The same for programs that read descriptors themselves: a `google.protobuf.FileDescriptorSet`. */
export function publishedDescriptors(): Uint8Array {
  return descriptors;
}

/** A .proto file as it is published. */
export interface PublishedFile {
  readonly name: string;
  /** A `google.protobuf.FileDescriptorProto`. */
  readonly bytes: Uint8Array;
  readonly imports: readonly string[];
}

/** The API as proto/ declares it, health and reflection included. */
export interface PublishedFiles {
  /** Full names. */
  readonly services: readonly string[];
  byName(name: string): PublishedFile | undefined;
  /** The file that declares a service, method, message, field, enum or value, by its full name. */
  bySymbol(name: string): PublishedFile | undefined;
}

export function loadPublishedFiles(): PublishedFiles {
  const files = new Map<string, PublishedFile>();
  const symbols = new Map<string, PublishedFile>();
  const services: string[] = [];
  for (const bytes of filesOf(descriptors)) {
    const described = descriptor.FileDescriptorProto.decode(bytes) as protobuf.Message<Described> & Described;
    const file = { name: described.name, bytes, imports: described.dependency };
    files.set(file.name, file);
    for (const name of symbolsOf(described)) symbols.set(name, file);
    services.push(...described.service.map(({ name }) => `${described.package}.${name}`));
  }
  return {
    services,
    byName: (name) => files.get(name),
    bySymbol: (name) => symbols.get(name),
  };
}

/** The services of proto/ and the standard ones, as they are published. */
export function loadPublishedPackage(): PackageDefinition {
  return loadFileDescriptorSetFromBuffer(descriptors, {
    longs: Number,
    enums: Number,
    defaults: true,
    arrays: true,
    oneofs: true,
  });
}

/** What is looked at of a `FileDescriptorProto`. */
interface Described {
  readonly name: string;
  readonly package: string;
  readonly dependency: readonly string[];
  readonly messageType: readonly DescribedMessage[];
  readonly enumType: readonly DescribedEnum[];
  readonly service: readonly {
    readonly name: string;
    readonly method: readonly { readonly name: string }[];
  }[];
}
interface DescribedMessage {
  readonly name: string;
  readonly field: readonly { readonly name: string }[];
  readonly oneofDecl: readonly { readonly name: string }[];
  readonly nestedType: readonly DescribedMessage[];
  readonly enumType: readonly DescribedEnum[];
}
interface DescribedEnum {
  readonly name: string;
  readonly value: readonly { readonly name: string }[];
}

/** The files of a `FileDescriptorSet`, as bytes: decoded and encoded again they would lose what protobufjs does not know. */
function filesOf(set: Uint8Array): Uint8Array[] {
  const reader = protobuf.Reader.create(set);
  const files: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    // Field 1, the only one, of wire type 2.
    if (tag === ((1 << 3) | 2)) files.push(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return files;
}

function symbolsOf({ package: scope, messageType, enumType, service }: Described): string[] {
  return [
    ...messageType.flatMap((message) => symbolsOfMessage(scope, message)),
    ...enumType.flatMap((one) => symbolsOfEnum(scope, one)),
    ...service.flatMap(({ name, method }) => [
      `${scope}.${name}`,
      ...method.map((one) => `${scope}.${name}.${one.name}`),
    ]),
  ];
}

function symbolsOfMessage(scope: string, message: DescribedMessage): string[] {
  const name = `${scope}.${message.name}`;
  return [
    name,
    ...[...message.field, ...message.oneofDecl].map((one) => `${name}.${one.name}`),
    ...message.nestedType.flatMap((nested) => symbolsOfMessage(name, nested)),
    ...message.enumType.flatMap((nested) => symbolsOfEnum(name, nested)),
  ];
}

/** Values are named beside their enum, not in it. */
function symbolsOfEnum(scope: string, { name, value }: DescribedEnum): string[] {
  return [`${scope}.${name}`, ...value.map((one) => `${scope}.${one.name}`)];
}
