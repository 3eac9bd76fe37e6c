/** The implementation that was asked for, loaded and started; of the others, nothing is loaded. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { listenError } from '../../kit/apiserver/listen-error.ts';
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { messageOf } from '../../kit/http/go-error.ts';
import type { BalancerOptions, ImplementationName, RunningBalancer } from '../balancer.ts';
import type { Configuration } from '../config/configuration.ts';

/**
 * Serves nobody before it is told its backends.
 *
 * @param owned gets what goes with it, to be put away after it
 * @throws ConfigurationError with what to do, where that is known
 */
export async function startBalancer(
  configuration: Configuration,
  log: (line: string) => void,
  owned: AsyncDisposableStack,
): Promise<RunningBalancer> {
  const options = { ...configuration.balancer, log };
  try {
    const { implementation } = configuration;
    return owned.use(await starters[implementation](options, configuration, owned));
  } catch (error) {
    throw explained(error, configuration);
  }
}

type Start = (
  options: BalancerOptions,
  configuration: Configuration,
  owned: AsyncDisposableStack,
) => Promise<RunningBalancer>;

const starters: Readonly<Record<ImplementationName, Start>> = {
  hop: async (options, { dataplane }) => {
    const { startHopBalancer } = await import('../hop-balancer.ts');
    return startHopBalancer({ ...options, dataplane });
  },
  nginx: async (options, _, owned) => {
    const { startNginx } = await import('../implementations/nginx/start.ts');
    return startNginx({ ...options, directory: await ownDirectory(owned) });
  },
  haproxy: async (options, _, owned) => {
    const { startHaproxy } = await import('../implementations/haproxy/start.ts');
    return startHaproxy({ ...options, directory: await ownDirectory(owned) });
  },
};

/** What a program of somebody else's is configured by. */
async function ownDirectory(owned: AsyncDisposableStack): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hop-apiserver-lb-'));
  owned.defer(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Ports are taken, addresses are foreign, and rights are missing in the same ways for all of them. */
function explained(
  error: unknown,
  { balancer, implementation, dataplane }: Configuration,
): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ConfigurationError) return cause;
    const known = listenError(withCode(cause), placeOf(error, balancer));
    if (known instanceof ConfigurationError) return known;
  }
  const why = messageOf(error);
  const isNftables = implementation === 'hop' && dataplane === 'nftables';
  if (!isNftables || !isMatterOfRights.test(why)) return error;
  return new ConfigurationError('no-nftables', `the nftables dataplane cannot be had: ${why}`);
}

/** Or of what is installed. Other refusals say themselves what to do. */
const isMatterOfRights = /not permitted|permission denied|CAP_NET|libnftables|netfilter socket/i;

/** The kernel's own word for it stands in the text, where nobody kept it apart. */
function withCode(error: Error): Error {
  const code = /\bE[A-Z]{4,}\b/.exec(error.message)?.[0];
  return 'code' in error || code === undefined ? error : Object.assign(new Error(), { code });
}

/** Which of several, where the error names it. */
function placeOf(error: unknown, { listen }: Configuration['balancer']): string {
  const places = listen.map(({ host, port }) => endpointText(host, port));
  const text = error instanceof Error ? error.message : '';
  return places.find((place) => text.includes(place)) ?? places.join(', ');
}
