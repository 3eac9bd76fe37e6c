/** A kubeconfig, the flags and the environment, come to one client (specification 1.8). */
import { readFileSync } from 'node:fs';
import { parseGoDuration } from '../go-duration.ts';
import type { ExecEntry } from './config-file.ts';
import { goFileError, KubeconfigError } from './errors.ts';
import { inClusterConfig, serviceAccountDirectory } from './in-cluster.ts';
import { loadKubeconfig, type Environment } from './load.ts';
import { promptForBasic, type Prompting } from './prompt.ts';
import { select, type ClientFlags, type Selection } from './select.ts';
import { parseServer } from './server-url.ts';
import { validate } from './validate.ts';

/** PEM, by file or by value. A file may be replaced while we run. */
export type Pem = { readonly file: string } | { readonly data: Buffer };

/** Who the client says it is. One of these; the exec plugin steps back before all others. */
export type Identity =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string; readonly tokenFile: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'exec'; readonly exec: ExecEntry; readonly clusterConfig: unknown }
  | { readonly kind: 'auth-provider'; readonly name: string };

export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface ClientConfig {
  /** As written, without query and fragment. */
  readonly server: string;
  readonly tlsServerName: string;
  readonly isInsecure: boolean;
  /** Absent: the system's roots. */
  readonly certificateAuthority: Pem | null;
  readonly clientCertificate: { readonly certificate: Pem; readonly key: Pem } | null;
  readonly identity: Identity;
  readonly impersonation: Impersonation | null;
  /** Empty: the environment decides. */
  readonly proxyUrl: string;
  readonly isCompressionDisabled: boolean;
}

export interface Surroundings extends Prompting {
  readonly env: Environment;
  /** Where a pod's service account is; the default is where Kubernetes puts it. */
  readonly serviceAccountDirectory?: string;
}

/**
 * Loads, merges, selects and validates.
 *
 * @throws KubeconfigError whose `announcement` is what kubectl prints.
 */
export async function loadClientConfig(
  flags: ClientFlags,
  surroundings: Surroundings,
): Promise<ClientConfig> {
  const { env } = surroundings;
  const named = env.KUBERNETES_MASTER ?? '';
  const defaultServer = named === '' ? 'http://localhost:8080' : named;
  const kubeconfig = loadKubeconfig(flags.kubeconfig, env);
  const selection = select(kubeconfig, flags, defaultServer);
  validate(kubeconfig, selection);
  checkTimeout(flags['request-timeout']);
  const config = await clientConfig(selection, surroundings);
  if (!isDefault(config, defaultServer)) return config;
  return inCluster(flags, surroundings) ?? config;
}

async function clientConfig(selection: Selection, terminal: Prompting): Promise<ClientConfig> {
  const { cluster, user } = selection;
  const server = cluster.server.replace(/^(https?:\/\/[^/?#]+\/[^?#]+)[?#].*$/i, '$1');
  const common = {
    server,
    proxyUrl: cluster.proxyUrl,
    isCompressionDisabled: cluster.isCompressionDisabled,
    impersonation:
      user.as === ''
        ? null
        : { user: user.as, uid: user.asUid, groups: user.asGroups, extra: user.asUserExtra },
  };
  // Over plain HTTP upstream reads no credentials at all, so none can leak.
  if (!isTls(server)) {
    return {
      ...common,
      tlsServerName: '',
      isInsecure: false,
      certificateAuthority: null,
      clientCertificate: null,
      identity: { kind: 'none' },
    };
  }
  const certificate = pem(user.clientCertificate, user.clientCertificateData);
  const key = pem(user.clientKey, user.clientKeyData);
  const clientCertificate = certificate && key && { certificate, key };
  const identity = identify(selection, clientCertificate !== null);
  const isAnonymous = identity.kind === 'none' && clientCertificate === null;
  return {
    ...common,
    tlsServerName: cluster.tlsServerName,
    isInsecure: cluster.isInsecure,
    certificateAuthority: pem(cluster.certificateAuthority, cluster.certificateAuthorityData),
    clientCertificate,
    identity: isAnonymous ? { kind: 'basic', ...(await promptForBasic(terminal)) } : identity,
  };
}

/** Token before basic; an exec plugin only where nothing else speaks for the user. */
function identify({ user, cluster }: Selection, hasCertificate: boolean): Identity {
  const token = user.token || readToken(user.tokenFile);
  if (token !== '' && user.username !== '') {
    throw new KubeconfigError(
      'other',
      'username/password or bearer token may be set, but not both',
    );
  }
  if (token !== '') return { kind: 'token', token, tokenFile: user.tokenFile };
  if (user.username !== '') {
    return { kind: 'basic', username: user.username, password: user.password };
  }
  if (user.exec !== null && !hasCertificate) {
    return { kind: 'exec', exec: user.exec, clusterConfig: cluster.execConfig };
  }
  return user.authProvider === ''
    ? { kind: 'none' }
    : { kind: 'auth-provider', name: user.authProvider };
}

function readToken(path: string): string {
  if (path === '') return '';
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new KubeconfigError('other', goFileError('open', path, error));
  }
}

/** Inline data beats a file. */
function pem(file: string, data: Buffer): Pem | null {
  if (data.length > 0) return { data };
  return file === '' ? null : { file };
}

function isTls(server: string): boolean {
  try {
    return parseServer(server).isTls;
  } catch {
    return false;
  }
}

/** Nothing was configured: a pod's own service account may step in. */
function isDefault(config: ClientConfig, defaultServer: string): boolean {
  return (
    config.server === defaultServer &&
    config.identity.kind === 'none' &&
    config.impersonation === null &&
    config.proxyUrl === '' &&
    !config.isCompressionDisabled
  );
}

function inCluster(flags: ClientFlags, surroundings: Surroundings): ClientConfig | null {
  const pod = inClusterConfig(
    surroundings.env,
    surroundings.serviceAccountDirectory ?? serviceAccountDirectory,
  );
  if (pod === null) return null;
  const authority = flags['certificate-authority'] || pod.certificateAuthority;
  return {
    server: flags.server || pod.server,
    tlsServerName: '',
    isInsecure: false,
    certificateAuthority: authority === '' ? null : { file: authority },
    clientCertificate: null,
    identity:
      flags.token === ''
        ? { kind: 'token', token: pod.token, tokenFile: pod.tokenFile }
        : { kind: 'token', token: flags.token, tokenFile: '' },
    impersonation: null,
    proxyUrl: '',
    isCompressionDisabled: false,
  };
}

/** `--request-timeout` has no effect on a proxy, but must be a timeout. */
function checkTimeout(text: string): void {
  if (/^\+?\d+$/.test(text) || text === '') return;
  try {
    parseGoDuration(text);
  } catch {
    throw new KubeconfigError(
      'other',
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    );
  }
}
