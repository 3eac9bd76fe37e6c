/** From flags to what a bastion is started with. */
import { hostname } from 'node:os';
import { openAuditLog } from '../../kit/apiserver/audit-log.ts';
import { readAuthorityFile } from '../../kit/apiserver/authority-file.ts';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import {
  readClientPair,
  readServingCertificate,
  selfSignedCertificate,
  type ServingCertificate,
} from '../../kit/apiserver/serving-certificate.ts';
import { splitValues, type FlagValues } from '../../kit/flags.ts';
import { klogLine } from '../../kit/klog.ts';
import { goFileError } from '../../kit/kubeconfig/errors.ts';
import type { apiserverProxy } from '../descriptor.ts';
import type { KubeletTransport } from '../kubelet-transport.ts';
import { isGlobalUnicast, isLoopback } from '../resolve/address.ts';
import type { BastionOptions } from './bastion.ts';

export type Flags = FlagValues<(typeof apiserverProxy)['flags'][number]>;

export interface ConfigureOptions {
  readonly given: ReadonlySet<string>;
  readonly log: (line: string) => void;
  /** Where `--audit-log-path=-` goes. */
  readonly stdout: NodeJS.WritableStream;
}

/** From this verbosity on there is a line for each request, as upstream. */
const accessVerbosity = 3;

/**
 * Reads what the flags name. Everything but the API.
 *
 * @throws ConfigurationError
 */
export async function configure(
  flags: Flags,
  options: ConfigureOptions,
): Promise<Omit<BastionOptions, 'api'>> {
  const listen = { address: flags['bind-address'], port: portOf('secure-port', flags) };
  const insecurePort = portOf('insecure-port', flags);
  const [tlsPair, clientCa, kubelet, audit] = await Promise.all([
    servingCertificate(flags, options),
    readAuthorityFile(flags['client-ca-file'], 'clients'),
    readKubelet(flags),
    openAuditLog(flags['audit-log-path'], options.stdout),
  ]);
  return {
    listen,
    listenInsecurely:
      insecurePort === 0
        ? undefined
        : { address: flags['insecure-bind-address'], port: insecurePort },
    tls: { ...tlsPair, clientCa },
    anonymousAuth: flags['anonymous-auth'],
    audiences: splitValues(flags['api-audiences']),
    tokenTtlMs: flags['authentication-token-webhook-cache-ttl'],
    allowedTtlMs: flags['authorization-webhook-cache-authorized-ttl'],
    refusedTtlMs: flags['authorization-webhook-cache-unauthorized-ttl'],
    alwaysAllowPaths: splitValues(flags['authorization-always-allow-paths']),
    kubelet,
    ...(flags['allow-loopback-endpoints'] ? { allowsAddress: allowsLoopbackToo } : {}),
    preferredAddressTypes: splitValues(flags['kubelet-preferred-address-types']),
    allowsApplicationAuthorization: flags['allow-application-authorization'],
    shutdownDelayMs: flags['shutdown-delay-duration'],
    access: flags.v >= accessVerbosity ? options.log : undefined,
    audit,
    log: options.log,
  };
}

/** Only where somebody said that something is there: other services of this machine stay out of reach. */
function allowsLoopbackToo(address: string, isDeclared: boolean): boolean {
  return isGlobalUnicast(address) || (isDeclared && isLoopback(address));
}

function portOf(name: 'secure-port' | 'insecure-port', flags: Flags): number {
  const port = flags[name];
  if (port >= 0 && port <= 65_535) return port;
  throw new ConfigurationError(
    'bad-port',
    `--${name} ${port} must be between 0 and 65535, inclusive`,
  );
}

async function servingCertificate(
  flags: Flags,
  { given, log }: ConfigureOptions,
): Promise<ServingCertificate> {
  const certFile = flags['tls-cert-file'];
  const keyFile = flags['tls-private-key-file'];
  if (certFile !== '' || keyFile !== '') return readServingCertificate(certFile, keyFile);
  const directory = flags['cert-dir'];
  const address = flags['bind-address'];
  const isOne = !['', '0.0.0.0', '::'].includes(address);
  const names = [hostname(), 'localhost', '127.0.0.1', '::1', ...(isOne ? [address] : [])];
  const say = (severity: 'I' | 'W', text: string) =>
    log(klogLine(severity, 'serving.go:386', text));
  try {
    const made = await selfSignedCertificate(directory, names);
    say('I', `Serving with a self-signed certificate (${directory})`);
    return made;
  } catch (error) {
    const problem = goFileError('open', directory, error);
    if (given.has('cert-dir')) {
      throw new ConfigurationError('bad-cert-dir', problem, { path: directory });
    }
    // The default is root's: everybody else does without the files.
    say('W', `${problem}: the self-signed certificate is kept in memory`);
    return selfSignedCertificate('', names);
  }
}

async function readKubelet(flags: Flags): Promise<KubeletTransport | undefined> {
  const authority = await readAuthorityFile(flags['kubelet-certificate-authority'], 'servers');
  const pair = await readClientPair(flags, 'kubelet-client-certificate', 'kubelet-client-key');
  return pair && { ...pair, authority };
}
