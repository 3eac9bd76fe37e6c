/** Upstream's rows for nodes, and recorded cases of the groups 01-errors and 02-naming. */
import { describe, expect, it } from 'vitest';
import type { FoundNode } from '../lookup.ts';
import { resolve } from './resolve.ts';
import type { ResolveOptions } from './resolve-options.ts';
import { optionsFor } from './testing/objects.ts';

const nodeAt = (address: string, type = 'InternalIP', Port?: number): FoundNode => ({
  status: {
    addresses: [{ type, address }],
    ...(Port === undefined ? {} : { daemonEndpoints: { kubeletEndpoint: { Port } } }),
  },
});

const locate = (id: string, node: FoundNode, changes: Partial<ResolveOptions> = {}) =>
  resolve(
    { resource: 'nodes', namespace: '', id },
    optionsFor({ nodes: { node0: node } }, changes),
  );

describe('a node', () => {
  const plain = nodeAt('10.0.0.1');
  it.each([
    ['node0', plain, 'https://10.0.0.1:10250 kubelet'],
    ['node0:', plain, 'https://10.0.0.1:10250 kubelet'],
    ['node0:10250', plain, 'https://10.0.0.1:10250 kubelet'],
    ['http:node0:10250', plain, 'https://10.0.0.1:10250 kubelet'],
    ['https:node0:10250', plain, 'https://10.0.0.1:10250 kubelet'],
    ['http:node0:', plain, 'https://10.0.0.1:10250 kubelet'],
    ['node0:5000', plain, 'http://10.0.0.1:5000 insecure'],
    ['https:node0:5000', plain, 'https://10.0.0.1:5000 insecure'],
    ['http:node0:80', plain, 'http://10.0.0.1:80 insecure'],
    ['node0', nodeAt('10.0.0.2', 'InternalIP', 5000), 'https://10.0.0.2:5000 kubelet'],
    ['node0:5000', nodeAt('10.0.0.2', 'InternalIP', 5000), 'https://10.0.0.2:5000 kubelet'],
    ['node0:10250', nodeAt('10.0.0.2', 'InternalIP', 5000), 'http://10.0.0.2:10250 insecure'],
    // As text: the kubelet's port is what is written as it is.
    ['node0:010250', plain, 'http://10.0.0.1:10250 insecure'],
  ])('%s, number %#', async (id, node, expected) => {
    const { scheme, host, port, transport } = await locate(id, node);
    expect(`${scheme}://${host}:${port} ${transport}`).toBe(expected);
  });

  it('has the address of the first preferred type', async () => {
    const node = {
      status: {
        addresses: [
          { type: 'ExternalIP', address: '1.1.1.1' },
          { type: 'InternalIP', address: '2.2.2.2' },
          { type: 'InternalIP', address: '3.3.3.3' },
        ],
      },
    };
    expect(await locate('node0', node)).toMatchObject({ host: '2.2.2.2' });
    const preferredAddressTypes = ['Hostname', 'ExternalIP', 'InternalIP'];
    expect(await locate('node0', node, { preferredAddressTypes })).toMatchObject({
      host: '1.1.1.1',
    });
  });

  it.each([
    ['nosuch', {}, 404, 'nodes "nosuch" not found'],
    ['ftp:node0:80', {}, 400, 'invalid node request "ftp:node0:80"'],
    ['node0', {}, 500, 'no preferred addresses found; known addresses: []'],
    [
      'node0',
      nodeAt('a.example', 'ExternalDNS'),
      500,
      'no preferred addresses found; known addresses: [{ExternalDNS a.example}]',
    ],
    ['node0', nodeAt('127.0.0.1'), 400, 'address not allowed'],
    ['node0:9', nodeAt('127.0.0.1'), 400, 'address not allowed'],
    ['node0', nodeAt('010.0.0.1'), 400, 'address not allowed'],
    [
      'node0:web',
      plain,
      400,
      'invalid node request "node0:web": the port of a node must be a number',
    ],
    [
      'node0:65536',
      plain,
      503,
      'error trying to reach service: dial tcp: address 65536: invalid port',
    ],
  ])('%s cannot be reached: number %#', async (id, node, code, message) => {
    await expect(locate(id, node)).rejects.toMatchObject({ code, message });
  });

  it('has no reason to give where it has no address, as recorded', async () => {
    await expect(locate('node0', {})).rejects.toMatchObject({
      reason: undefined,
      details: undefined,
    });
  });

  it('is told apart by whether the port is its own', async () => {
    const allowsAddress = (_: string, isDeclared: boolean) => isDeclared;
    expect(await locate('node0', plain, { allowsAddress })).toMatchObject({ port: 10250 });
    await expect(locate('node0:22', plain, { allowsAddress })).rejects.toThrow('not allowed');
  });

  it('is not asked on the port of its kubelet without credentials', async () => {
    const without = { hasKubelet: false };
    await expect(locate('node0', plain, without)).rejects.toThrow('--kubelet-client-certificate');
    expect(await locate('node0:80', plain, without)).toMatchObject({ port: 80 });
  });
});

describe('a node with a name for an address', () => {
  const named = nodeAt('node0.example', 'Hostname');
  const resolvingTo = (...addresses: string[]) => ({ resolveHost: async () => addresses });

  it('is dialled at the address that was checked, by the name that its certificate has', async () => {
    expect(await locate('node0', named, resolvingTo('10.0.0.7', 'fd00::7'))).toMatchObject({
      host: '10.0.0.7',
      serverName: 'node0.example',
    });
  });

  it.each([[['127.0.0.1']], [['10.0.0.7', '169.254.169.254']], [['10.0.0.7', '::ffff:10.0.0.7']]])(
    'is refused where one of its addresses is not allowed: %j',
    async (addresses) => {
      await expect(locate('node0:80', named, resolvingTo(...addresses))).rejects.toMatchObject({
        code: 400,
        message: 'address not allowed',
      });
    },
  );

  it('is refused where it has none', async () => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const changes = { resolveHost: () => Promise.reject(missing) };
    await expect(locate('node0', named, changes)).rejects.toMatchObject({
      code: 400,
      message: 'lookup node0.example: no such host',
    });
    await expect(locate('node0', named, resolvingTo())).rejects.toMatchObject({ code: 400 });
  });

  it.each(['127.1', '0x7f.1', '2130706433', '0x7f000001', '010.0.0.1', '1.2.3.4.', '::1', '0x'])(
    'is refused where that is an odd way to write an address: %s',
    async (name) => {
      const changes = resolvingTo('10.0.0.7');
      await expect(locate('node0', nodeAt(name, 'Hostname'), changes)).rejects.toMatchObject({
        code: 400,
        message: 'address not allowed',
      });
    },
  );

  it('is resolved by the system, unless told otherwise', async () => {
    await expect(locate('node0', nodeAt('localhost', 'Hostname'))).rejects.toMatchObject({
      code: 400,
      message: 'address not allowed',
    });
  });
});
