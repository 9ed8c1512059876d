import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';

interface HealthClient {
  check(request: { service: string }, done: (error: Error | null, answer?: { status: string }) => void): void;
  close(): void;
}

/** What a probe is told of a service, or of the server as a whole. */
export async function checkHealth(address: string, name = ''): Promise<string> {
  const Client = makeGenericClientConstructor(service, 'Health');
  const client = new Client(address, credentials.createInsecure()) as unknown as HealthClient;
  try {
    return await new Promise((resolve, reject) => {
      client.check({ service: name }, (error, answer) =>
        error ? reject(error) : resolve(String(answer?.status)),
      );
    });
  } finally {
    client.close();
  }
}
