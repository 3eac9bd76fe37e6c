/** Chooses context, cluster and user, and lays the flags over them (client-go `client_config.go`). */
import type { clientFlags } from '../client-flags.ts';
import type { FlagValues } from '../flags.ts';
import {
  emptyCluster,
  emptyContext,
  emptyUser,
  type ClusterEntry,
  type ContextEntry,
  type Kubeconfig,
  type UserEntry,
} from './config-file.ts';
import { KubeconfigError } from './errors.ts';

export type ClientFlags = FlagValues<(typeof clientFlags)[number]>;

/** The entries a client is made of, and the names they go by in messages. */
export interface Selection {
  readonly contextName: string;
  readonly clusterName: string;
  readonly userName: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
}

/**
 * @throws KubeconfigError when a context, cluster or user that a flag names does not exist. What the
 *   current context names may be missing: it then counts as empty.
 */
export function select(config: Kubeconfig, flags: ClientFlags, defaultServer: string): Selection {
  const context = selectContext(config, flags);
  const user = selectUser(config, flags, context.user);
  const cluster = selectCluster(config, flags, context.cluster, defaultServer);
  return {
    contextName: flags.context || config.currentContext,
    clusterName: context.cluster,
    userName: context.user,
    cluster,
    user,
  };
}

function selectContext(config: Kubeconfig, flags: ClientFlags): ContextEntry {
  const name = flags.context || config.currentContext;
  const found = config.contexts.get(name);
  if (found === undefined && flags.context !== '') {
    throw new KubeconfigError('other', `context ${JSON.stringify(name)} does not exist`);
  }
  return overlay(found ?? emptyContext, {
    cluster: flags.cluster,
    user: flags.user,
    namespace: flags.namespace,
  });
}

function selectUser(config: Kubeconfig, flags: ClientFlags, name: string): UserEntry {
  const found = config.users.get(name);
  if (found === undefined && flags.user !== '') {
    throw new KubeconfigError('other', `auth info ${JSON.stringify(name)} does not exist`);
  }
  const user = overlay(found ?? emptyUser, {
    token: flags.token,
    clientCertificate: flags['client-certificate'],
    clientKey: flags['client-key'],
    username: flags.username,
    password: flags.password,
    as: flags.as,
    asUid: flags['as-uid'],
    asGroups: flags['as-group'],
  });
  // A file given as a flag drops the data it would otherwise stand beside.
  return {
    ...user,
    ...(flags['client-certificate'] !== '' && { clientCertificateData: Buffer.alloc(0) }),
    ...(flags['client-key'] !== '' && { clientKeyData: Buffer.alloc(0) }),
  };
}

function selectCluster(
  config: Kubeconfig,
  flags: ClientFlags,
  name: string,
  defaultServer: string,
): ClusterEntry {
  const found = config.clusters.get(name);
  if (found === undefined && flags.cluster !== '') {
    throw new KubeconfigError('other', `cluster ${JSON.stringify(name)} does not exist`);
  }
  const base = overlay({ ...emptyCluster, server: defaultServer }, found ?? {});
  const cluster = overlay(base, {
    server: flags.server,
    isInsecure: flags['insecure-skip-tls-verify'],
    certificateAuthority: flags['certificate-authority'],
    isCompressionDisabled: flags['disable-compression'],
  });
  const isTrustGiven = flags['insecure-skip-tls-verify'] || flags['certificate-authority'] !== '';
  return {
    ...cluster,
    ...(isTrustGiven && {
      isInsecure: flags['insecure-skip-tls-verify'],
      certificateAuthority: flags['certificate-authority'],
      certificateAuthorityData: Buffer.alloc(0),
    }),
    // A server given by hand is not the one that the kubeconfig's name belongs to.
    ...((flags['tls-server-name'] !== '' || flags.server !== '') && {
      tlsServerName: flags['tls-server-name'],
    }),
  };
}

/** Lays one entry over another; what is empty above lets through what lies below. */
function overlay<T extends object>(below: T, above: Partial<T>): T {
  const set = Object.entries(above).filter(([, value]) => !isEmpty(value));
  return { ...below, ...(Object.fromEntries(set) as Partial<T>) };
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value) || Buffer.isBuffer(value)) return value.length === 0;
  return value === '' || value === false || value === undefined || value === null;
}
