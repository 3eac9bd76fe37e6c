/** The API of the cluster that the kubeconfig, or the pod's ServiceAccount, names. */
import { isatty } from 'node:tty';
import { ApiError, UnreachableError } from '../../kit/api/errors.ts';
import { createUpstreamClient, type UpstreamClient } from '../../kit/api/upstream-client.ts';
import type { Terminal } from '../../kit/command.ts';
import { klogLine } from '../../kit/klog.ts';
import { loadRequiredConfig } from '../../kit/kubeconfig/required-config.ts';
import { createUpstream } from '../../kit/kubeconfig/upstream.ts';

export interface ConnectOptions {
  readonly kubeconfig: string;
  /** Another server than the kubeconfig's; empty: that one. */
  readonly master: string;
  readonly terminal: Terminal;
  readonly log: (line: string) => void;
}

/**
 * An apiserver that is away is waited for: nodes come up before it does.
 *
 * @throws KubeconfigError, ConfigurationError, or ApiError where it refuses to tell of Services
 */
export async function connect(options: ConnectOptions): Promise<UpstreamClient> {
  const { terminal, log } = options;
  const { env } = terminal;
  const config = await loadRequiredConfig(options);
  const upstream = createUpstream(config, { env, isTerminal: isatty(0), log });
  await using starting = new AsyncDisposableStack();
  const client = starting.use(createUpstreamClient(upstream, { userAgent: 'hop-kube-proxy' }));
  try {
    await client.get('/api/v1/services', { query: { limit: 1 } });
  } catch (error) {
    if (error instanceof ApiError && [401, 403].includes(error.code)) throw error;
    if (!(error instanceof ApiError || error instanceof UnreachableError)) throw error;
    log(klogLine('W', 'hop', `The apiserver does not answer yet: ${error.message}`));
  }
  starting.move();
  return client;
}
