/** The cluster that a kubeconfig, or the pod's ServiceAccount, names: for who cannot do without one. */
import { ConfigurationError } from '../apiserver/configuration-error.ts';
import { clientFlags } from '../client-flags.ts';
import type { Terminal } from '../command.ts';
import { parseFlags } from '../flags.ts';
import { loadClientConfig, type ClientConfig } from './client-config.ts';

export interface RequiredConfigOptions {
  /** Empty: the environment's, or the pod's. */
  readonly kubeconfig: string;
  /** Another server than the kubeconfig's; empty: that one. */
  readonly master?: string;
  readonly terminal: Terminal;
}

/** @throws KubeconfigError, or ConfigurationError with the hint `no-cluster` or `no-kubeconfig` */
export async function loadRequiredConfig(options: RequiredConfigOptions): Promise<ClientConfig> {
  const { kubeconfig, master = '', terminal } = options;
  const unset = parseFlags(clientFlags, []).values;
  const config = await loadClientConfig({ ...unset, kubeconfig, server: master }, terminal);
  if (config.server !== 'http://localhost:8080' || master !== '') return config;
  const file = kubeconfig || terminal.env.KUBECONFIG;
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
