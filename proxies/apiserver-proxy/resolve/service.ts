/** Where a Service is: one of its ready endpoints, by chance, if it is a pod. */
import type { Location } from '../location.ts';
import type { EndpointAddress, EndpointSubset, FoundService } from '../lookup.ts';
import { hostPort } from './host-port.ts';
import { refusal } from '../refusal.ts';
import { noEndpoints, notFound } from './refusals.ts';
import type { ResolveOptions, Target } from './resolve-options.ts';

/** @throws StatusError 404 without a Service or its Endpoints, 503 without an endpoint to go to */
export async function locateService(target: Target, options: ResolveOptions): Promise<Location> {
  const { namespace, name, id } = target;
  const { lookup } = options;
  const portName = await portNameOf(target, options);
  const subsets = await lookup.endpoints(namespace, name);
  // As recorded: without Endpoints, the answer is the same as without the Service.
  if (!subsets) throw notFound('services', name);
  if (subsets.length === 0) throw noEndpoints(name);
  for (const { address, port, among } of candidatesIn(subsets, portName, options)) {
    if (!(await isPodOf(namespace, address, options))) continue;
    return {
      resource: 'services',
      scheme: target.scheme || 'http',
      host: address.ip,
      port,
      transport: 'insecure',
      choice: {
        key: among === 1 ? 'only-endpoint' : 'endpoint',
        values: {
          namespace,
          service: name,
          pod: address.targetRef?.name ?? '',
          address: hostPort(address.ip, port),
          among,
        },
      },
    };
  }
  throw noEndpoints(id);
}

/** A number stands for the Service's port of that number; endpoints know it by its name alone. */
async function portNameOf(
  { namespace, name, port }: Target,
  { lookup }: ResolveOptions,
): Promise<string> {
  const number = parseInt64(port);
  if (number === undefined) return port;
  const service: FoundService | undefined = await lookup.service(namespace, name);
  if (!service) throw notFound('services', name);
  const found = service.spec?.ports?.find((one) => BigInt(one.port) === number);
  if (found) return found.name ?? '';
  throw refusal('no-service-port', { port: String(number), name });
}

const largestInt64 = 2n ** 63n - 1n;

/** Go's `strconv.ParseInt(text, 10, 64)`: a sign and leading zeros are read; what does not fit is no number. */
function parseInt64(text: string): bigint | undefined {
  const [, sign, digits] = /^([+-]?)([0-9]+)$/.exec(text) ?? [];
  // Nineteen digits are as many as fit, unless zeros come first.
  if (digits === undefined || digits.length > 64) return undefined;
  const size = BigInt(digits);
  if (sign === '-') return size > largestInt64 + 1n ? undefined : -size;
  return size > largestInt64 ? undefined : size;
}

interface Candidate {
  readonly address: EndpointAddress;
  readonly port: number;
  /** How many ready addresses its subset has. */
  readonly among: number;
}

/** Every ready address that has the port: from a random subset on, in each from a random address on. */
function* candidatesIn(
  subsets: readonly EndpointSubset[],
  portName: string,
  { random = Math.random }: ResolveOptions,
): Generator<Candidate> {
  for (const { addresses = [], ports = [] } of fromRandom(subsets, random)) {
    if (addresses.length === 0) continue;
    for (const { name = '', port } of ports) {
      if (name !== portName) continue;
      for (const address of fromRandom(addresses, random)) {
        yield { address, port, among: addresses.length };
      }
    }
  }
}

function* fromRandom<Item>(items: readonly Item[], random: () => number): Generator<Item> {
  const start = Math.floor(random() * items.length);
  yield* items.slice(start);
  yield* items.slice(0, start);
}

/** Whoever may write endpoints may not lead us anywhere but to the pods of that namespace. */
async function isPodOf(
  namespace: string,
  { ip, targetRef }: EndpointAddress,
  { lookup, allowsAddress }: ResolveOptions,
): Promise<boolean> {
  if (targetRef?.name === undefined || targetRef.namespace !== namespace) return false;
  if (!allowsAddress(ip, true)) return false;
  const pod = await lookup.pod(namespace, targetRef.name);
  return pod?.status?.podIPs?.some((one) => one.ip === ip) ?? false;
}
