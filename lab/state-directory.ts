/** Where the lab keeps what outlives it, and what does not. */
import { join, resolve } from 'node:path';

export interface StateDirectory {
  readonly path: string;
  /** Certificates and keys; they stay. */
  readonly pki: string;
  /** What the machines say, a file each; they stay until the next start. */
  readonly logs: string;
  /** The store's log; it stays. */
  readonly store: string;
  /** Credentials of the machines; removed at the end. */
  readonly kubeconfigs: string;
  /** Says which processes have this directory; removed at the end. */
  readonly lock: string;
  /** Tokens that the apiservers know from their start; removed at the end. */
  readonly tokens: string;
}

export function stateDirectory(directory: string): StateDirectory {
  const path = resolve(directory);
  return {
    path,
    pki: join(path, 'pki'),
    logs: join(path, 'logs'),
    store: join(path, 'store'),
    kubeconfigs: join(path, 'kubeconfigs'),
    lock: join(path, 'lock'),
    tokens: join(path, 'tokens.csv'),
  };
}
