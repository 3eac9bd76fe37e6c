/** From flags to an apiserver that runs: what `hop apiserver` and the lab's machines share. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import { splitValues } from '../../proxies/kit/flags.ts';
import { klogLine } from '../../proxies/kit/klog.ts';
import { goFileError } from '../../proxies/kit/kubeconfig/errors.ts';
import { parseIpRange, type IpRange } from '../../proxies/kit/ip.ts';
import { openAuditLog } from '../../proxies/kit/apiserver/audit-log.ts';
import { readAuthorityFile } from '../../proxies/kit/apiserver/authority-file.ts';
import { ConfigurationError, readText } from '../../proxies/kit/apiserver/configuration-error.ts';
import type { ApiserverFlags } from './flags.ts';
import {
  authorizationModes,
  type ApiserverOptions,
  type AuthorizationMode,
  type KubeletClientOptions,
  type RequestHeaderOptions,
  type ServiceAccountOptions,
} from './options.ts';
import {
  readClientPair,
  readServingCertificate,
  selfSignedCertificate,
} from '../../proxies/kit/apiserver/serving-certificate.ts';
import { storeAddresses } from './proxy/allowed-addresses.ts';
import { firstAddress } from './service-range.ts';
import { readSettings } from './settings.ts';
import { readStaticTokens, TokenFileError } from './tokens/static-tokens.ts';

/** Everything but the store, which has a life of its own. */
export type Configuration = Omit<ApiserverOptions, 'store'>;

export interface ConfigureOptions {
  readonly given: ReadonlySet<string>;
  readonly log: (line: string) => void;
  /** Where `--audit-log-path=-` goes. */
  readonly stdout: NodeJS.WritableStream;
}

/**
 * Reads what the flags name.
 *
 * @throws ConfigurationError
 */
export async function configure(
  flags: ApiserverFlags,
  options: ConfigureOptions,
): Promise<Configuration> {
  const ranges = flags['service-cluster-ip-range'].split(',').map(readRange);
  checkSettings(flags);
  const [
    serving,
    clientCa,
    tokens,
    requestHeader,
    serviceAccounts,
    kubeletClient,
    proxyClient,
    audit,
  ] = await Promise.all([
    servingCertificate(flags, ranges, options),
    readAuthorityFile(flags['client-ca-file'], 'clients'),
    readTokens(flags['token-auth-file'], options.log),
    readRequestHeader(flags),
    readServiceAccounts(flags),
    readKubeletClient(flags),
    readClientPair(flags, 'proxy-client-cert-file', 'proxy-client-key-file'),
    openAuditLog(flags['audit-log-path'], options.stdout),
  ]);
  return {
    ...serving,
    bindAddress: flags['bind-address'],
    securePort: checkPort(flags['secure-port']),
    ...(clientCa === undefined ? {} : { clientCa }),
    tokens,
    anonymousAuth: flags['anonymous-auth'],
    ...(requestHeader ? { requestHeader } : {}),
    serviceAccounts,
    authorizationModes: readModes(flags['authorization-mode']),
    serviceClusterIpRanges: flags['service-cluster-ip-range'].split(','),
    allowLoopbackEndpoints: flags['allow-loopback-endpoints'],
    serviceNodePortRange: flags['service-node-port-range'],
    ...advertise(flags),
    ...(kubeletClient ? { kubeletClient } : {}),
    ...(proxyClient ? { proxyClient } : {}),
    aggregatorRejectForwardingRedirect: flags['aggregator-reject-forwarding-redirect'],
    forbiddenProxyAddresses: storeAddresses(flags['etcd-servers']),
    maxRequestsInflight: flags['max-requests-inflight'],
    maxMutatingRequestsInflight: flags['max-mutating-requests-inflight'],
    shutdownDelayMs: flags['shutdown-delay-duration'],
    ...(audit ? { audit } : {}),
    log: options.log,
  };
}

/** Both ranges together: what is wrong with them is said once, and by those who use them. */
function checkSettings(flags: ApiserverFlags): void {
  const range = flags['service-cluster-ip-range'];
  const serviceNodePortRange = flags['service-node-port-range'];
  try {
    readSettings({ serviceClusterIpRanges: range.split(',') });
  } catch (error) {
    throw new ConfigurationError('bad-range', textOf(error), { range });
  }
  try {
    readSettings({ serviceNodePortRange });
  } catch (error) {
    throw new ConfigurationError('bad-port-range', textOf(error), { range: serviceNodePortRange });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function checkPort(port: number): number {
  if (port >= 0 && port <= 65_535) return port;
  throw new ConfigurationError(
    'bad-port',
    `--secure-port ${port} must be between 0 and 65535, inclusive`,
  );
}

function readRange(text: string): IpRange {
  const range = parseIpRange(text.trim());
  if (range) return range;
  throw new ConfigurationError('bad-range', `invalid CIDR address: ${text}`, { range: text });
}

/** Upstream: where nothing is said, the machine's own address. */
function advertisedAddress(flags: ApiserverFlags): string | undefined {
  const address = flags['advertise-address'] || flags['bind-address'];
  if (address !== '::' && address !== '0.0.0.0' && address !== '') return address;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return own.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}

function advertise(flags: ApiserverFlags): Pick<ApiserverOptions, 'advertise'> {
  const address = advertisedAddress(flags);
  const isOff = flags['endpoint-reconciler-type'] === 'none' || address === undefined;
  // Nobody but this machine would reach a loopback address.
  const isUseless = address?.startsWith('127.') && !flags['allow-loopback-endpoints'];
  return isOff || isUseless ? {} : { advertise: { address } };
}

async function servingCertificate(
  flags: ApiserverFlags,
  ranges: readonly IpRange[],
  { given, log }: ConfigureOptions,
) {
  const certFile = flags['tls-cert-file'];
  const keyFile = flags['tls-private-key-file'];
  if (certFile !== '' || keyFile !== '') return readServingCertificate(certFile, keyFile);
  const directory = flags['cert-dir'];
  const names = [
    ...new Set([
      hostname(),
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
      '127.0.0.1',
      '::1',
      advertisedAddress(flags) ?? 'localhost',
      ...ranges.map(firstAddress),
    ]),
  ];
  try {
    const made = await selfSignedCertificate(directory, names);
    log(klogLine('I', 'serving.go:386', `Serving with a self-signed certificate (${directory})`));
    return made;
  } catch (error) {
    const problem = goFileError('open', directory, error);
    if (given.has('cert-dir')) {
      throw new ConfigurationError('bad-cert-dir', problem, { path: directory });
    }
    // The default is root's: everybody else does without the files.
    const message = `${problem}: the self-signed certificate is kept in memory`;
    log(klogLine('W', 'serving.go:386', message));
    return selfSignedCertificate('', names);
  }
}

async function readTokens(path: string, log: (line: string) => void) {
  if (path === '') return new Map<string, never>();
  try {
    const { users, warnings } = readStaticTokens(await readText(path), path);
    for (const warning of warnings) log(klogLine('W', 'tokenfile.go:76', warning));
    return users;
  } catch (error) {
    if (!(error instanceof TokenFileError)) throw error;
    throw new ConfigurationError('bad-token-file', error.message, { path });
  }
}

async function readRequestHeader(flags: ApiserverFlags): Promise<RequestHeaderOptions | undefined> {
  const clientCa = await readAuthorityFile(flags['requestheader-client-ca-file'], 'clients');
  if (clientCa === undefined) return undefined;
  const names = (list: readonly string[]) => splitValues(list).map((name) => name.toLowerCase());
  return {
    clientCa,
    allowedNames: splitValues(flags['requestheader-allowed-names']),
    usernameHeaders: names(flags['requestheader-username-headers']),
    uidHeaders: names(flags['requestheader-uid-headers']),
    groupHeaders: names(flags['requestheader-group-headers']),
    extraHeadersPrefixes: names(flags['requestheader-extra-headers-prefix']),
  };
}

const defaultIssuer = 'https://kubernetes.default.svc.cluster.local';

async function readServiceAccounts(flags: ApiserverFlags): Promise<ServiceAccountOptions> {
  const keyFiles = splitValues(flags['service-account-key-file']);
  const signingFile = flags['service-account-signing-key-file'];
  // Alone, it signs with a key of its own, which ends with it.
  const isAlone = keyFiles.length === 0 && signingFile === '';
  const signingKey = isAlone
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString()
    : signingFile === ''
      ? undefined
      : await readKey(signingFile);
  const keys = await Promise.all(keyFiles.map(readKey));
  const issuers = splitValues(flags['service-account-issuer']);
  const known = issuers.length === 0 ? [defaultIssuer] : issuers;
  const audiences = splitValues(flags['api-audiences']);
  return {
    issuers: known,
    audiences: audiences.length === 0 ? known : audiences,
    keys: signingKey === undefined ? keys : [...keys, signingKey],
    ...(signingKey === undefined ? {} : { signingKey }),
  };
}

async function readKey(path: string): Promise<string> {
  const pem = await readText(path);
  try {
    createPublicKey(pem);
    return pem;
  } catch {
    const message = `data does not contain any valid RSA or ECDSA public keys: ${path}`;
    throw new ConfigurationError('bad-key', message, { path });
  }
}

async function readKubeletClient(flags: ApiserverFlags): Promise<KubeletClientOptions | undefined> {
  const pair = await readClientPair(flags, 'kubelet-client-certificate', 'kubelet-client-key');
  if (pair === undefined) return undefined;
  const authority = await readAuthorityFile(flags['kubelet-certificate-authority'], 'servers');
  return { ...pair, ...(authority === undefined ? {} : { authority }) };
}

function readModes(list: readonly string[]): readonly AuthorizationMode[] {
  const modes = splitValues(list);
  if (modes.length === 0) return ['Node', 'RBAC'];
  return modes.map((mode) => {
    const known = authorizationModes.find((one) => one === mode);
    if (known) return known;
    const message = `authorization-mode "${mode}" is not a valid mode`;
    throw new ConfigurationError('bad-mode', message, { modes: authorizationModes.join(', ') });
  });
}
