/** Turns a client configuration into the upstream that a proxy or a client talks to. */
import { createHash } from 'node:crypto';
import { klogLine } from '../klog.ts';
import type { ClientCredentials, HeaderLine, Upstream } from '../upstream.ts';
import type { ClientConfig } from './client-config.ts';
import { clientCertificates } from './client-certificate.ts';
import { dial } from './dial.ts';
import { KubeconfigError } from './errors.ts';
import { createExecPlugin, type ExecCredentials, type ExecPlugin } from './exec-plugin.ts';
import { headerLine } from './header-line.ts';
import { impersonationLines } from './impersonation.ts';
import type { Environment } from './load.ts';
import { proxyFromEnvironment } from './proxy-environment.ts';
import { parseServer } from './server-url.ts';
import { createTlsClient, type KeyPair, type TlsClient } from './tls-client.ts';
import { followTokenFile } from './token-file.ts';
import { readTrust } from './trust.ts';
import { openTunnel } from './tunnel.ts';

export interface UpstreamSurroundings {
  readonly env: Environment;
  /** Whether an exec plugin could talk to somebody. */
  readonly isTerminal: boolean;
  /** Ends an exec plugin that is still running. */
  readonly signal?: AbortSignal;
  /** Where a failed rotation is told; the default writes to stderr as klog does. */
  readonly log?: (line: string) => void;
}

/**
 * @throws KubeconfigError for a CA, certificate, key, plugin or provider that cannot be used.
 */
export function createUpstream(config: ClientConfig, surroundings: UpstreamSurroundings): Upstream {
  const { env, log = (line) => process.stderr.write(`${line}\n`) } = surroundings;
  const server = parseServer(config.server);
  const trust = readTrust(config);
  const certificates = clientCertificates(config.clientCertificate);
  let generation = 0;

  const plugin = executable(config, surroundings, (now, before) => {
    if (before !== null && fingerprint(now.pair) !== fingerprint(before.pair)) generation++;
  });
  const proxyUrl = config.proxyUrl === '' ? null : new URL(config.proxyUrl);

  /** One TLS client per certificate: its session ticket belongs to that identity. */
  let tls: { readonly of: string; readonly client: TlsClient } | null = null;
  const tlsFor = (pair: KeyPair | null): TlsClient => {
    const of = fingerprint(pair);
    if (tls?.of !== of) {
      if (tls !== null && plugin === null) generation++;
      tls = { of, client: createTlsClient(server.hostname, trust, pair) };
    }
    return tls.client;
  };
  // What cannot work is known before the first request.
  if (server.isTls && plugin === null) tlsFor(certificates());

  const authorization = authorize(config, plugin, log);
  let impersonation: Lines | null = config.impersonation ? null : [];
  const impersonated = (): Lines =>
    (impersonation ??= config.impersonation ? impersonationLines(config.impersonation) : []);

  const linesFor = (client: ClientCredentials): Lines | Promise<Lines> => {
    const as = client.hasImpersonateUser ? [] : impersonated();
    if (client.hasAuthorization) return as;
    const lines = authorization();
    if (lines instanceof Promise) return lines.then((ready) => [...ready, ...as]);
    return as.length === 0 ? lines : [...lines, ...as];
  };

  return {
    server,
    isCompressionEnabled: !config.isCompressionDisabled,
    get generation() {
      return generation;
    },
    connect: async (options = {}) => {
      if (server.hostname === '') throw new Error('http: no Host in request URL');
      if (!['', 'http', 'https'].includes(server.scheme)) {
        throw new Error(`unsupported protocol scheme ${JSON.stringify(server.scheme)}`);
      }
      // The plugin may hold the certificate: it is asked even where the client brings a token.
      const pair = plugin === null ? certificates() : (await plugin.credentials()).pair;
      const url = proxyUrl ?? proxyFromEnvironment(server, env);
      if (url === null) {
        return server.isTls
          ? tlsFor(pair).connect(server.port, options)
          : dial(server.hostname, server.port, options);
      }
      const proxy = { url, tls: (name: string) => createTlsClient(name, trust, null) };
      const tunnel = await openTunnel(proxy, server.hostname, server.port, options);
      return server.isTls ? tlsFor(pair).secure(tunnel, options) : tunnel;
    },
    credentials: (client) => {
      try {
        return linesFor(client);
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
    },
    credentialsRefused: () => {
      if (!plugin?.last) return;
      plugin.refuse(plugin.last).catch((error: unknown) => {
        const problem = `refreshing credentials: ${(error as Error).message}`;
        log(klogLine('E', 'exec.go:418', problem));
      });
    },
  };
}

type Lines = readonly HeaderLine[];

/** The `Authorization` line of an identity, as fresh as it must be. */
function authorize(
  { identity }: ClientConfig,
  plugin: ExecPlugin | null,
  log: (line: string) => void,
): () => Lines | Promise<Lines> {
  const bearer = (token: string): Lines =>
    token === '' ? [] : [headerLine('Authorization', `Bearer ${token}`)];
  if (plugin !== null) return () => pluginLines(plugin, bearer);
  if (identity.kind === 'basic') {
    const pair = Buffer.from(`${identity.username}:${identity.password}`).toString('base64');
    const lines: Lines = [['Authorization', `Basic ${pair}`]];
    return () => lines;
  }
  if (identity.kind !== 'token') return () => [];
  if (identity.tokenFile === '') {
    let lines: Lines | null = null;
    return () => (lines ??= bearer(identity.token));
  }
  const file = followTokenFile(identity.tokenFile, identity.token, {
    warn: (message) => log(klogLine('E', 'token_source.go:163', message)),
  });
  return () => {
    const token = file.read();
    return token instanceof Promise ? token.then(bearer) : bearer(token);
  };
}

function pluginLines(plugin: ExecPlugin, bearer: (token: string) => Lines): Lines | Promise<Lines> {
  const said = plugin.credentials();
  if (!(said instanceof Promise)) return bearer(said.token);
  return said.then(
    ({ token }) => bearer(token),
    (error: unknown) => {
      throw new Error(`getting credentials: ${(error as Error).message}`, { cause: error });
    },
  );
}

const removedProviders: Readonly<Record<string, string>> = {
  gcp: 'The gcp auth plugin has been removed.\nPlease use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.\nSee https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further details',
  azure:
    'The azure auth plugin has been removed.\nPlease use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.\nSee https://docs.microsoft.com/en-us/azure/aks/managed-aad for further details',
};

function executable(
  config: ClientConfig,
  { env, isTerminal, signal }: UpstreamSurroundings,
  onChange: (now: ExecCredentials, before: ExecCredentials | null) => void,
): ExecPlugin | null {
  const { identity } = config;
  if (identity.kind === 'auth-provider') {
    throw new KubeconfigError(
      'other',
      removedProviders[identity.name] ??
        `no Auth Provider found for name ${JSON.stringify(identity.name)}`,
    );
  }
  if (identity.kind !== 'exec') return null;
  const { exec, clusterConfig } = identity;
  const cluster = exec.provideClusterInfo ? clusterInfo(config, clusterConfig) : null;
  try {
    return createExecPlugin(exec, { env, isTerminal, signal, cluster, onChange });
  } catch (error) {
    throw new KubeconfigError('other', (error as Error).message);
  }
}

/** `spec.cluster` of the plugin's input (client.authentication.k8s.io `Cluster`). */
function clusterInfo(config: ClientConfig, clusterConfig: unknown): Record<string, unknown> {
  const ca = readTrust(config).ca;
  return {
    server: config.server,
    ...(config.tlsServerName !== '' && { 'tls-server-name': config.tlsServerName }),
    ...(config.isInsecure && { 'insecure-skip-tls-verify': true }),
    ...(ca && { 'certificate-authority-data': ca.toString('base64') }),
    ...(config.proxyUrl !== '' && { 'proxy-url': config.proxyUrl }),
    ...(config.isCompressionDisabled && { 'disable-compression': true }),
    config: clusterConfig ?? null,
  };
}

function fingerprint(pair: KeyPair | null): string {
  if (pair === null) return '';
  return createHash('sha256').update(pair.certificate).update(pair.key).digest('base64');
}
