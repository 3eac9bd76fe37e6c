/** The API of the cluster that the kubeconfig, or the pod's ServiceAccount, names. */
import { isatty } from 'node:tty';
import { ApiError, UnreachableError } from '../../kit/api/errors.ts';
import { createUpstreamClient, type UpstreamClient } from '../../kit/api/upstream-client.ts';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { clientFlags } from '../../kit/client-flags.ts';
import type { Terminal } from '../../kit/command.ts';
import { parseFlags } from '../../kit/flags.ts';
import { klogLine } from '../../kit/klog.ts';
import { loadClientConfig } from '../../kit/kubeconfig/client-config.ts';
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
  const { kubeconfig, master, terminal, log } = options;
  const { env } = terminal;
  const unset = parseFlags(clientFlags, []).values;
  const config = await loadClientConfig({ ...unset, kubeconfig, server: master }, terminal);
  if (config.server === 'http://localhost:8080' && master === '') {
    const file = kubeconfig || env.KUBECONFIG;
    if (file) {
      throw new ConfigurationError(
        'no-cluster',
        `invalid configuration: no configuration has been provided in ${file}`,
        { path: file },
      );
    }
    throw new ConfigurationError(
      'no-kubeconfig',
      'neither a kubeconfig nor a master was given, and this is no pod of a cluster',
    );
  }
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
