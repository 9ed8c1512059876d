import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychClient } from '@triptych/client';

export const ATTACKERS = 8;

/** Clients, each with a connection of its own, that do something over and over until it is over. */
export async function attackers(
  address: string,
  isOver: () => boolean,
  attack: (client: TriptychClient) => Promise<unknown>,
  count = ATTACKERS,
): Promise<void> {
  const one = async () => {
    const client = new TriptychClient(address, { ownConnections: true });
    while (!isOver()) {
      // Refused or not is the same to an attacker, who asks again.
      await attack(client).catch(() => sleep(20));
    }
    client.close();
  };
  await Promise.all(Array.from({ length: count }, one));
}

/** Asks for images in one message, and goes away after a while. */
export async function askAndCancel(
  client: TriptychClient,
  images: readonly Buffer[],
  afterMs: number,
): Promise<void> {
  const stream = client.streamImages();
  stream.configure({});
  const reading = (async () => {
    for await (const { result } of stream) if (result) return;
  })().catch(() => undefined);
  await stream.send(
    1,
    images.map((encoded) => ({ encoded })),
  );
  await Promise.race([sleep(afterMs), reading]);
  stream.cancel();
  await reading;
}
