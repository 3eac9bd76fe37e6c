/** The API of the cluster, once it answers and lets us do what we are for. */
import { setTimeout as delay } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { ApiError, UnreachableError } from '../../kit/api/errors.ts';
import { createUpstreamClient, type UpstreamClient } from '../../kit/api/upstream-client.ts';
import type { Terminal } from '../../kit/command.ts';
import { createUpstream } from '../../kit/kubeconfig/upstream.ts';
import type { Configuration } from '../config/configuration.ts';
import { refuseMissingPermissions } from './permissions.ts';
import type { Say } from './say.ts';

/** What it is called in the cluster's audit log, and who manages the fields that it writes. */
export const userAgent = 'hop-cloud-lb';

export function createClusterClient(
  { cluster }: Configuration,
  terminal: Terminal,
  log: (line: string) => void,
): UpstreamClient {
  const { env } = terminal;
  const upstream = createUpstream(cluster, { env, isTerminal: isatty(0), log });
  return createUpstreamClient(upstream, { userAgent });
}

const pauseMs = 2000;

/**
 * An apiserver that is away is waited for: it may come up later than its cloud.
 *
 * @throws ConfigurationError `refused`, ApiError 401, or the signal's reason
 */
export async function untilAllowed(
  client: UpstreamClient,
  { election }: Pick<Configuration, 'election'>,
  { say, signal }: { readonly say: Say; readonly signal: AbortSignal },
): Promise<void> {
  let isTold = false;
  for (;;) {
    try {
      await client.get('/version', { signal }).catch(unlessHidden);
      await refuseMissingPermissions(client, election);
      if (isTold) say('I', 'The apiserver answers');
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!isAway(error)) throw error;
      if (!isTold) say('W', `The apiserver does not answer yet: ${error.message}`);
      isTold = true;
    }
    await delay(pauseMs, undefined, { signal });
  }
}

/** A cluster may keep its version to itself. */
function unlessHidden(error: unknown): void {
  if (error instanceof ApiError && [403, 404].includes(error.code)) return;
  throw error;
}

function isAway(error: unknown): error is Error {
  if (error instanceof UnreachableError) return true;
  return error instanceof ApiError && (error.code === 429 || error.code >= 500);
}
