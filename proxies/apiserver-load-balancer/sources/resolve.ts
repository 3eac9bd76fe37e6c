/** Host names of backends, come to addresses: the last good ones are kept while a name cannot be looked up. */
import { lookup } from 'node:dns/promises';
import { isIPv6, SocketAddress } from 'node:net';
import { endpointText, plainAddress } from '../../kit/http/endpoint-text.ts';
import { errorCode } from '../../kit/kubeconfig/errors.ts';
import type { WantedBackend } from '../backend.ts';
import type { BackendEntry } from './entry.ts';

/** A backend, and where it was written. */
export interface PlacedBackend {
  readonly backend: WantedBackend;
  readonly place: string;
}

export interface Resolved {
  readonly backends: readonly PlacedBackend[];
  /** Names that could not be looked up now, with why; those known from before are among the backends. */
  readonly failed: readonly { readonly entry: BackendEntry; readonly reason: string }[];
}

export interface Resolver {
  /** Addresses of a name in a fixed order: a name server that turns them around changes nothing. */
  resolve(entries: readonly BackendEntry[]): Promise<Resolved>;
}

/** Looks a name up. @throws the system's error */
type LookUp = (host: string) => Promise<readonly string[]>;

/** A name server that does not answer is not to keep the others waiting. */
const patienceMs = 5_000;

/** As the machine does it: /etc/hosts, then its name servers. */
const lookUpHere: LookUp = async (host) => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const tooLate = Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
  const timer = setTimeout(() => reject(tooLate), patienceMs);
  try {
    const found = await Promise.race([lookup(host, { all: true }), late]);
    return found.map(({ address }) => address);
  } finally {
    clearTimeout(timer);
  }
};

export function createResolver(lookUp: LookUp = lookUpHere): Resolver {
  const known = new Map<string, readonly string[]>();
  const addressesOf = async (host: string): Promise<string | undefined> => {
    try {
      known.set(host, [...new Set(await lookUp(host))].sort());
      return undefined;
    } catch (error) {
      return errorCode(error);
    }
  };
  return {
    resolve: async (entries) => {
      const names = [...new Set(entries.filter(isNamed).map(({ host }) => host))];
      const problems = await Promise.all(
        names.map(async (host) => [host, await addressesOf(host)] as const),
      );
      // Whom nobody asks for any more is forgotten.
      for (const host of known.keys()) if (!names.includes(host)) known.delete(host);
      const reasons = new Map(problems);
      return {
        backends: entries.flatMap((entry) => backendsOf(entry, known)),
        failed: entries.flatMap((entry) => {
          const reason = reasons.get(entry.host);
          return reason === undefined ? [] : [{ entry, reason }];
        }),
      };
    },
  };
}

export function isNamed({ host }: BackendEntry): boolean {
  return !isIPv6(host) && !/^[\d.]+$/.test(host);
}

function backendsOf(
  entry: BackendEntry,
  known: ReadonlyMap<string, readonly string[]>,
): readonly PlacedBackend[] {
  const { host, port, isDraining, place } = entry;
  if (!isNamed(entry)) return [{ place, backend: { ...addressed(host, port), isDraining } }];
  return (known.get(host) ?? []).map((address) => ({
    place: `${place} (${host} is ${address})`,
    backend: { ...addressed(address, port), host: nameAlone(host), isDraining },
  }));
}

/** The dot at the end is for name servers: no certificate has it, and other programs do not know it. */
export function nameAlone(host: string): string {
  return host.replace(/\.$/, '');
}

function addressed(text: string, port: number) {
  const address = canonical(text);
  const family = isIPv6(address) ? ('IPv6' as const) : ('IPv4' as const);
  return { name: endpointText(address, port), address, port, family };
}

/** @example canonical('FD00:0::1') // 'fd00::1' */
function canonical(text: string): string {
  if (!isIPv6(text)) return text;
  return plainAddress(new SocketAddress({ address: text, family: 'ipv6' }).address);
}
