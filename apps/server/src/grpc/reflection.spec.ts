import { type ClientDuplexStream, credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadPublishedPackage } from '@triptych/protocol';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, type TestServer } from '../testing/harness.js';

interface Answer {
  readonly list_services_response?: { readonly service: readonly { readonly name: string }[] };
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Uint8Array[] };
  readonly error_response?: { readonly error_code: number; readonly error_message: string };
}
type Stream = ClientDuplexStream<Record<string, unknown>, Answer>;

let server: TestServer;
beforeAll(async () => {
  server = await serveDemo();
});
afterAll(() => server.close());

function open(version: string): { stream: Stream; close: () => void } {
  const { grpc } = loadPackageDefinition(loadPublishedPackage()) as unknown as {
    grpc: {
      reflection: Record<
        string,
        { ServerReflection: new (...args: unknown[]) => { ServerReflectionInfo(): Stream; close(): void } }
      >;
    };
  };
  const client = new grpc.reflection[version].ServerReflection(
    server.server.address,
    credentials.createInsecure(),
  );
  return { stream: client.ServerReflectionInfo(), close: () => client.close() };
}

async function ask(requests: readonly Record<string, unknown>[], version = 'v1'): Promise<Answer[]> {
  const { stream, close } = open(version);
  for (const request of requests) stream.write(request);
  stream.end();
  const answers: Answer[] = [];
  for await (const answer of stream) answers.push(answer as Answer);
  close();
  return answers;
}

const expected = [
  'arrow.flight.protocol.FlightService',
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
  'inference.GRPCInferenceService',
  'triptych.v1.AudioEncoder',
  'triptych.v1.Captioner',
  'triptych.v1.CrossModal',
  'triptych.v1.ImageEncoder',
  'triptych.v1.Models',
  'triptych.v1.TextEncoder',
  'triptych.v1.Transcriber',
];

describe.each(['v1', 'v1alpha'])('reflection %s', (version) => {
  it('describes every service that it lists, with every message down to its last field', async () => {
    const [listed] = await ask([{ list_services: '*' }], version);
    const names = listed.list_services_response!.service.map(({ name }) => name);
    expect([...names].sort()).toEqual(expected);
    const described = await ask(
      names.map((name) => ({ file_containing_symbol: name })),
      version,
    );
    for (const [i, name] of names.entries()) {
      const file = described[i].file_descriptor_response!.file_descriptor_proto;
      // Whatever is not among these files cannot be resolved.
      const root = rootOf(file).resolveAll();
      const service = root.lookupService(name);
      expect(service.methodsArray.length).toBeGreaterThan(0);
      for (const { resolvedRequestType, resolvedResponseType } of service.methodsArray) {
        expect(resolvedRequestType).toBeInstanceOf(protobuf.Type);
        expect(resolvedResponseType).toBeInstanceOf(protobuf.Type);
      }
    }
  });
});

/** As a client puts it together: each file with what it says that it imports. */
function rootOf(files: readonly Uint8Array[]): protobuf.Root {
  const decoded = files.map(
    (bytes) =>
      descriptor.FileDescriptorProto.decode(bytes) as unknown as { name: string; dependency: string[] },
  );
  const names = decoded.map(({ name }) => name);
  expect(decoded.flatMap(({ dependency }) => dependency).filter((name) => !names.includes(name))).toEqual([]);
  return (
    protobuf.Root as unknown as { fromDescriptor(set: { file: unknown[] }): protobuf.Root }
  ).fromDescriptor({ file: decoded });
}

describe('reflection', () => {
  it('finds files by name, and methods, messages, fields, enums and their values by theirs', async () => {
    const symbols = [
      'triptych.v1.AudioEncoder.Encode',
      'triptych.v1.Model',
      'triptych.v1.Model.name',
      'triptych.v1.Modality',
      'triptych.v1.MODALITY_AUDIO',
      'grpc.health.v1.HealthCheckResponse.ServingStatus',
      'grpc.health.v1.HealthCheckResponse.SERVING',
      'google.rpc.ErrorInfo',
    ];
    const answers = await ask([
      { file_by_filename: 'triptych/v1/audio.proto' },
      ...symbols.map((name) => ({ file_containing_symbol: name })),
    ]);
    expect(answers.map(({ error_response }) => error_response ?? undefined)).toEqual(
      answers.map(() => undefined),
    );
  });

  it('says of what there is not that there is not, and goes on', async () => {
    const answers = await ask([
      { file_containing_symbol: 'triptych.v1.Nothing' },
      { file_by_filename: 'nothing.proto' },
      { file_containing_extension: { containing_type: 'triptych.v1.Model', extension_number: 100 } },
      {},
      { list_services: '' },
    ]);
    expect(answers.map(({ error_response }) => error_response?.error_code)).toEqual([5, 5, 5, 3, undefined]);
  });
});
