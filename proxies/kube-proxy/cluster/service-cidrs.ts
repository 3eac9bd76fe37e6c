/** The ServiceCIDRs of a cluster: addresses in them that no Service has are dropped. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient, KubeObject } from '../../kit/api/api-client.ts';
import { ApiError } from '../../kit/api/errors.ts';
import { startInformer } from '../../kit/api/informer.ts';
import { readRange } from '../endpoints/ip-range.ts';
import type { Family } from '../service-port.ts';

interface ServiceCIDR extends KubeObject {
  readonly spec?: { readonly cidrs?: readonly string[] };
}

export interface ServiceCIDRs extends AsyncDisposable {
  /** Resolves when they are known, or it is known that they are not to be had. */
  readonly settled: Promise<void>;
  /** In canonical form; empty where nobody knows. */
  of(family: Family): readonly string[];
}

const path = '/apis/networking.k8s.io/v1/servicecidrs';
const pauseMs = 1000;

/** Servers before 1.33 have none, and the rights may be missing: neither is an error. */
export function followServiceCIDRs(
  client: ApiClient,
  onChange: () => void,
  log: (line: string) => void,
): ServiceCIDRs {
  const stop = new AbortController();
  const known = new Map<string, readonly string[]>();
  const settled = Promise.withResolvers<undefined>();

  const follow = async () => {
    const isThere = await askWhetherThere(client, stop.signal, log);
    if (!isThere) return;
    await using informer = startInformer<ServiceCIDR>(client, { path, log });
    informer.onChange(({ type, object }) => {
      if (type === 'deleted') known.delete(object.metadata.name);
      else known.set(object.metadata.name, object.spec?.cidrs ?? []);
      onChange();
    });
    void informer.synced.then(() => settled.resolve(undefined));
    await untilAborted(stop.signal);
  };
  const ended = follow()
    .catch((error: unknown) => log(`${path}: ${String(error)}`))
    .finally(() => settled.resolve(undefined));

  return {
    settled: settled.promise,
    of: (family) =>
      [...known.values()]
        .flat()
        .map(readRange)
        .filter((range) => range?.family === family)
        .map((range) => range?.address ?? '')
        .sort(),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

async function askWhetherThere(
  client: ApiClient,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<boolean> {
  for (;;) {
    try {
      await client.get(path, { query: { limit: 1 }, signal });
      return true;
    } catch (error) {
      if (isAborted(signal)) return false;
      if (error instanceof ApiError && [403, 404].includes(error.code)) return false;
      log(`${path}: ${error instanceof Error ? error.message : String(error)}`);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Asked anew each time: it changes while we wait. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
