import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Time for a connection to be set up. */
const HEARS_MS = 300;

/**
 * Passes on what a client sends, and soon nothing of what comes back: the client behind it never reads. (A library reads
 * its connection for an application that does not.)
 */
export async function startDeafProxy(address: string): Promise<{ address: string; close: () => void }> {
  const [host, port] = address.split(':');
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const server = connect(Number(port), host);
    sockets.push(client, server);
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.pipe(server);
    server.pipe(client);
    setTimeout(() => server.unpipe(client).pause(), HEARS_MS);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
