import type { LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * IPv4 networks that are not the public internet: IANA's registry of special-purpose addresses, and the one public address that a cloud
 * answers its machines on.
 */
const PRIVATE_V4: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local, and the metadata of most clouds.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Azure's.
  ['168.63.129.16', 32],
];
/** All global unicast of IPv6 lies here, and nothing of IPv4's in disguise but what is excepted. */
const GLOBAL_V6: [network: string, prefix: number] = ['2000::', 3];
const EXCEPTED_V6: readonly [network: string, prefix: number][] = [
  // IETF's protocols, Teredo among them; documentation; 6to4.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const listOf = (networks: readonly [string, number][], family: 'ipv4' | 'ipv6') => {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
};
const privateV4 = listOf(PRIVATE_V4, 'ipv4');
const globalV6 = listOf([GLOBAL_V6], 'ipv6');
const exceptedV6 = listOf(EXCEPTED_V6, 'ipv6');

/** Whether an address is one of the public internet: not of this machine, its networks or its cloud. */
export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !privateV4.check(address, 'ipv4');
  return globalV6.check(address, 'ipv6') && !exceptedV6.check(address, 'ipv6');
}

/** The addresses of a name, as `dns.lookup` gives them. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** A name leads to an address that is not public. */
export class NotPublic extends Error {
  constructor(readonly hostname: string) {
    super(`${hostname} has an address that is not public`);
  }
}

/**
 * What a socket looks a name up by: the addresses that were checked are those that it connects to, so that a name cannot have others
 * by then. Fails with {@link NotPublic} where one of them is not public.
 */
export function publicLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (!addresses.every(({ address }) => isPublic(address))) callback(new NotPublic(hostname), '', 0);
        else if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}
