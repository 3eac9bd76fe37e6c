/** Where a node is: its kubelet, or another port of it. */
import { lookup as lookupName } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Location } from '../location.ts';
import type { FoundNode } from '../lookup.ts';
import { StatusError } from '../../kit/api/status-error.ts';
import { hostPort } from './host-port.ts';
import { readPort } from './port.ts';
import { addressNotAllowed, badRequest, notFound, unreachable } from './refusals.ts';
import type { ResolveOptions, Target } from './resolve-options.ts';

const defaultKubeletPort = 10250;

/**
 * @throws StatusError 404 where there is no such node, 500 where it has no address, 400 where one may not
 *   be dialled
 */
export async function locateNode(target: Target, options: ResolveOptions): Promise<Location> {
  const { name, port } = target;
  const node = await options.lookup.node(name);
  if (!node) throw notFound('nodes', name);
  const { type, address } = addressOf(node, options.preferredAddressTypes);
  const kubeletPort = kubeletPortOf(node);
  const isKubelet = port === '' || port === String(kubeletPort);
  const allows = (one: string) => options.allowsAddress(one, isKubelet);
  const host = await hostOf(type, address, { ...options, allows });
  if (isKubelet) {
    if (!options.hasKubelet) {
      const cause = `the kubelet's port needs --kubelet-client-certificate and --kubelet-client-key`;
      throw unreachable(cause);
    }
    return {
      resource: 'nodes',
      scheme: 'https',
      host,
      port: kubeletPort,
      transport: 'kubelet',
      ...(host === address ? {} : { serverName: address }),
      choice: { key: 'kubelet', values: { node: name, address: hostPort(host, kubeletPort) } },
    };
  }
  const chosen = readPort(target, 'node');
  return {
    resource: 'nodes',
    scheme: target.scheme || 'http',
    host,
    port: chosen,
    transport: 'insecure',
    choice: { key: 'node', values: { node: name, address: hostPort(host, chosen) } },
  };
}

/** 0 is what the field is where the kubelet has not said it. */
function kubeletPortOf({ status }: FoundNode): number {
  const port = status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 0;
  return port === 0 ? defaultKubeletPort : port;
}

interface NodeAddress {
  readonly type: string;
  readonly address: string;
}

/** The first address of the first preferred type that the node has any of. */
function addressOf({ status }: FoundNode, preferred: readonly string[]): NodeAddress {
  const addresses = status?.addresses ?? [];
  for (const type of preferred) {
    const found = addresses.find((one) => one.type === type);
    if (found) return found;
  }
  const known = addresses.map(({ type, address }) => `{${type} ${address}}`).join(' ');
  throw new StatusError(
    500,
    undefined,
    `no preferred addresses found; known addresses: [${known}]`,
  );
}

/** The types of addresses that are names. */
const nameTypes = new Set(['Hostname', 'InternalDNS', 'ExternalDNS']);

/**
 * The IP address to dial. It is the one that was checked: a name that is resolved again may have become
 * another. Every address of a name must be allowed, not only the first.
 */
async function hostOf(
  type: string,
  address: string,
  options: Pick<ResolveOptions, 'resolveHost'> & { readonly allows: (address: string) => boolean },
): Promise<string> {
  const { allows, resolveHost = resolveWithSystem } = options;
  const isName = nameTypes.has(type) && isIP(address) === 0 && !looksLikeAddress(address);
  const all = isName ? await resolveHost(address).catch(refuseName(address)) : [address];
  const [first] = all;
  if (first === undefined) throw badRequest('no addresses for hostname');
  if (!all.every(allows)) throw addressNotAllowed();
  return first;
}

/** Resolvers take `0x7f.1` and `127.1` for addresses: no name ends in a number. */
function looksLikeAddress(name: string): boolean {
  return /(^|\.)(0x[0-9a-f]*|[0-9]+)\.?$/i.test(name);
}

async function resolveWithSystem(name: string): Promise<readonly string[]> {
  return (await lookupName(name, { all: true })).map(({ address }) => address);
}

function refuseName(name: string) {
  return (error: unknown): never => {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const cause = code === 'EAI_AGAIN' ? 'Temporary failure in name resolution' : 'no such host';
    throw badRequest(`lookup ${name}: ${cause}`);
  };
}
