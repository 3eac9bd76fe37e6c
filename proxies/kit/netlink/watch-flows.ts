/** The flows that the kernel sends on their way, read from conntrack. */
import { watchDestinationNat } from './conntrack.ts';
import type { ConntrackEntry } from './conntrack-entry.ts';

/** Where a flow goes, as `address:port`, IPv6 in brackets. */
export interface Flow {
  readonly source: string;
  readonly destination: string;
  readonly backend: string;
  /** Where the backend sees it come from. */
  readonly seenAs: string;
}

/**
 * Calls with each flow that begins from when it is ready, and whose destination was changed: by us, or by
 * somebody else in this network namespace. Costs nothing before and after.
 *
 * @returns `ready` rejects where the kernel does not tell
 */
export function watchFlows(
  family: ConntrackEntry['family'],
  onFlow: (entry: ConntrackEntry) => void,
): Disposable & { readonly ready: Promise<void> } {
  const owned = new DisposableStack();
  const ready = watchDestinationNat(family, (entry) => {
    if (!owned.disposed) onFlow(entry);
  }).then((watch) => {
    if (owned.disposed) watch[Symbol.dispose]();
    else owned.use(watch);
  });
  // Whoever does not ask is not ended by it.
  ready.catch(() => undefined);
  return { ready, [Symbol.dispose]: () => owned.dispose() };
}

export function flowOf({ original, reply }: ConntrackEntry): Flow {
  return {
    source: withPort(original.source, original.sourcePort),
    destination: withPort(original.destination, original.destinationPort),
    backend: withPort(reply.source, reply.sourcePort),
    seenAs: withPort(reply.destination, reply.destinationPort),
  };
}

function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
