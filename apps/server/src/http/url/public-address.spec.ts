import { describe, expect, it } from 'vitest';
import { isPublic, NotPublic, publicLookup } from './public-address.js';

describe('an address', () => {
  it.each([
    ...[
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '100.100.100.200',
      '127.0.0.1',
      '127.255.255.254',
      '168.63.129.16',
    ],
    ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.192', '192.168.1.1', '198.18.0.1'],
    ...['224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '64:ff9b:1::1', '100::1'],
    ...[
      '2001::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '3fff::1',
      'fc00::1',
      'fd00:ec2::254',
      'fe80::1',
      'fec0::1',
      'ff02::1',
    ],
  ])('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '172.32.0.1',
    '169.253.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });
});

describe('a lookup', () => {
  const look = (addresses: string[], all: boolean) =>
    new Promise((resolve) =>
      publicLookup(async () =>
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )('name.example', { all }, (error, found) => resolve(error ?? found)),
    );

  it('gives what was found, to a socket that takes one address or all', async () => {
    expect(await look(['8.8.8.8', '1.1.1.1'], false)).toBe('8.8.8.8');
    expect(await look(['8.8.8.8', '2606:4700::1'], true)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ]);
  });

  it.each([true, false])('fails where one of them is not public (all: %s)', async (all) => {
    expect(await look(['8.8.8.8', '127.0.0.1'], all)).toBeInstanceOf(NotPublic);
  });
});
