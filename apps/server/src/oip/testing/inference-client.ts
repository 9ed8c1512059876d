import { once } from 'node:events';
import {
  type Client,
  type ClientDuplexStream,
  credentials,
  loadPackageDefinition,
  type Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadInferencePackage, type ModelInferResponse } from '@triptych/protocol';

/** An answer as this client reads it. */
export interface StreamAnswer {
  readonly errorMessage: string;
  readonly inferResponse: Required<ModelInferResponse> | null;
}

/** A client of the Open Inference Protocol that sends whatever it is given. */
export interface InferenceClient {
  call<Answer>(method: string, request: object, metadata?: Metadata): Promise<Answer>;
  stream(metadata?: Metadata): ClientDuplexStream<object, StreamAnswer>;
  close(): void;
}

type Raw = Client &
  Record<
    string,
    (request: object, metadata: Metadata, done: (error: ServiceError | null, answer: unknown) => void) => void
  >;

export function connectInference(address: string): InferenceClient {
  const api = loadPackageDefinition(loadInferencePackage()) as unknown as {
    inference: { GRPCInferenceService: new (...args: unknown[]) => Client };
  };
  const client = new api.inference.GRPCInferenceService(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  }) as Raw;
  return {
    call: (method, request, metadata) =>
      new Promise((resolve, reject) => {
        const done = (error: ServiceError | null, answer: unknown) =>
          error ? reject(error) : resolve(answer as never);
        if (metadata) client[method](request, metadata, done);
        else
          (client[method] as unknown as (request: object, done: unknown) => void).call(client, request, done);
      }),
    stream: (metadata) =>
      (
        client['ModelStreamInfer'] as unknown as (
          metadata?: Metadata,
        ) => ClientDuplexStream<object, StreamAnswer>
      ).call(client, metadata),
    close: () => client.close(),
  };
}

/** Sends requests, ends, and gives all answers. Rejects with the call's status. */
export async function askAll(
  stream: ClientDuplexStream<object, StreamAnswer>,
  requests: readonly object[],
): Promise<StreamAnswer[]> {
  const answers: StreamAnswer[] = [];
  stream.on('data', (answer: StreamAnswer) => answers.push(answer));
  for (const request of requests) stream.write(request);
  stream.end();
  await once(stream, 'end');
  return answers;
}

/** A BYTES tensor on the wire. */
export function rawBytes(...elements: (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    elements.flatMap((element) => {
      const bytes = Buffer.from(element as Uint8Array);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
