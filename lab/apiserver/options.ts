/** What an apiserver is started with. Each option is kube-apiserver's flag in camel case. */
import type { Binding } from './authorization.ts';
import type { HttpRequest, User } from './exchange.ts';
import type { ApiStore } from './registry.ts';

export interface ApiserverOptions {
  /** `--bind-address`; 127.0.0.1 unless told otherwise. */
  readonly bindAddress?: string;
  /** `--secure-port`; 0 lets the system choose. */
  readonly securePort?: number;
  /** `--tls-cert-file` and `--tls-private-key-file`, their contents. */
  readonly tlsCert: string;
  readonly tlsPrivateKey: string;
  /** `--client-ca-file`, its contents: who signs client certificates. */
  readonly clientCa: string;
  /** `--token-auth-file`, its contents by token. */
  readonly tokens: ReadonlyMap<string, User>;
  /** `--anonymous-auth`; true unless told otherwise. */
  readonly anonymousAuth?: boolean;
  /** Instead of `--etcd-servers`: the store itself. */
  readonly store: ApiStore;
  /** Besides the roles that every cluster binds. */
  readonly bindings?: readonly Binding[];
  /** Sees every request before it is answered. */
  onRequest?(request: HttpRequest): void;
  log?(line: string): void;
}
