/** Lists of backends that nobody can mean: the same one twice, or the load balancer itself. */
import { networkInterfaces } from 'node:os';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { Backend } from '../backend.ts';
import type { ListenAddress } from '../dataplane.ts';
import type { PlacedBackend } from './resolve.ts';

/** @throws ConfigurationError `duplicate-backend`, `own-address` */
export function refuseList(
  backends: readonly PlacedBackend[],
  listen: readonly ListenAddress[],
): void {
  const places = new Map<string, string>();
  for (const { backend, place } of backends) {
    const first = places.get(backend.name);
    if (first !== undefined) {
      const message = `${place}: the backend ${backend.name} is on the list already: ${first}`;
      throw new ConfigurationError('duplicate-backend', message);
    }
    places.set(backend.name, place);
    if (isOwn(backend, listen)) {
      const message = `${place}: ${backend.name} is this load balancer itself: it would connect to itself without end`;
      throw new ConfigurationError('own-address', message);
    }
  }
}

/** Each once, and the load balancer itself not at all: where a list comes from nobody who could mend it. */
export function withoutRefused(
  backends: readonly PlacedBackend[],
  listen: readonly ListenAddress[],
): readonly PlacedBackend[] {
  const names = backends.map(({ backend }) => backend.name);
  return backends.filter(
    ({ backend }, index) => names.indexOf(backend.name) === index && !isOwn(backend, listen),
  );
}

/** Whether who connects to it comes to us. */
export function isOwn(
  { address, port, family }: Pick<Backend, 'address' | 'port' | 'family'>,
  listen: readonly ListenAddress[],
): boolean {
  const any = family === 'IPv4' ? '0.0.0.0' : '::';
  return listen.some(
    (ours) =>
      ours.port === port && (ours.host === address || (ours.host === any && isLocal(address))),
  );
}

function isLocal(address: string): boolean {
  if (address.startsWith('127.') || address === '0.0.0.0' || address === '::') return true;
  return Object.values(networkInterfaces()).some((list) =>
    list?.some((one) => one.address === address),
  );
}
