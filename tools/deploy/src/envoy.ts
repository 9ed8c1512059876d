import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';
import { parse } from 'yaml';

const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
const files = [
  'envoy/config/bootstrap/v3/bootstrap.proto',
  'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
  'envoy/extensions/filters/http/router/v3/router.proto',
  'envoy/extensions/upstreams/http/v3/http_protocol_options.proto',
];
/** Written in JSON as strings, not as messages. */
const scalars = new Set([
  'google.protobuf.Duration',
  'google.protobuf.UInt32Value',
  'google.protobuf.BoolValue',
]);

/** Envoy's API, as the gRPC client for xDS brings it along. */
export function loadEnvoyApi(files: string[]): protobuf.Root {
  const { resolve }: { resolve: (this: void, id: string) => string } = createRequire(import.meta.url);
  const deps = join(dirname(resolve('@grpc/grpc-js-xds/package.json')), 'deps');
  const folders = ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((name) => join(deps, name));
  folders.push(dirname(resolve('protobufjs/package.json')));
  const root = new protobuf.Root();
  root.resolvePath = (_, target) =>
    folders.map((folder) => join(folder, target)).find((path) => existsSync(path)) ?? target;
  return root.loadSync(files, { keepCase: true });
}

/** What in an Envoy configuration is none of Envoy's API: unknown fields, values of another type. */
export function checkEnvoy(text: string): string[] {
  const root = loadEnvoyApi(files);
  const problems: string[] = [];

  const checkMessage = (type: protobuf.Type, value: unknown, path: string): void => {
    const isScalar = scalars.has(type.fullName.slice(1));
    if (isScalar && typeof value !== 'object') return;
    if (isScalar || typeof value !== 'object' || value === null) {
      problems.push(`${path}: expected a ${type.name}, found ${JSON.stringify(value)}`);
      return;
    }
    if (type.fullName === '.google.protobuf.Any') {
      checkAny(value as Record<string, unknown>, path);
      return;
    }
    for (const [name, content] of Object.entries(value)) {
      const field = type.fields[name];
      if (field) checkField(field.resolve(), content, `${path}.${name}`);
      else problems.push(`${path}.${name}: ${type.name} has no such field`);
    }
  };

  const checkAny = ({ '@type': url, ...value }: Record<string, unknown>, path: string): void => {
    const name = String(url).replace('type.googleapis.com/', '');
    const type = root.nested && lookup(root, name);
    if (type) checkMessage(type, value, path);
    else problems.push(`${path}: unknown type ${name}`);
  };

  const checkField = (field: protobuf.Field, content: unknown, path: string): void => {
    const values = field.map
      ? Object.values(content as object)
      : field.repeated
        ? (content as unknown[])
        : [content];
    if (!Array.isArray(values)) problems.push(`${path}: expected a list`);
    else for (const value of values) checkValue(field.resolvedType, field.type, value, path);
  };

  const checkValue = (
    resolved: protobuf.ReflectionObject | null,
    scalar: string,
    value: unknown,
    path: string,
  ): void => {
    if (resolved instanceof protobuf.Type) checkMessage(resolved, value, path);
    else if (resolved instanceof protobuf.Enum) {
      if (!(String(value) in resolved.values))
        problems.push(`${path}: ${resolved.name} has no ${String(value)}`);
    } else if ((scalar === 'bool') !== (typeof value === 'boolean'))
      problems.push(`${path}: expected ${scalar}, found ${JSON.stringify(value)}`);
  };

  checkMessage(root.lookupType(BOOTSTRAP), parse(text), 'bootstrap');
  return problems;
}

function lookup(root: protobuf.Root, name: string): protobuf.Type | undefined {
  try {
    return root.lookupType(name);
  } catch {
    return undefined;
  }
}
