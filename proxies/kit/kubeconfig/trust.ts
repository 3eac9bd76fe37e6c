/** Which servers to trust: the kubeconfig's CA, or the system's roots. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import type { ClientConfig, Pem } from './client-config.ts';
import { goFileError, KubeconfigError } from './errors.ts';
import type { TlsTrust } from './tls-client.ts';

/** @throws KubeconfigError where CA and `insecure` contradict, or the CA is none. */
export function readTrust(config: ClientConfig): TlsTrust {
  const { certificateAuthority, isInsecure, tlsServerName: serverName } = config;
  if (certificateAuthority === null) {
    return { ca: isInsecure ? null : systemRoots(), isInsecure, serverName };
  }
  if (isInsecure) {
    throw new KubeconfigError(
      'other',
      'specifying a root certificates file with the insecure flag is not allowed',
    );
  }
  const ca = readPem(certificateAuthority);
  const problem = bundleProblem(ca.toString('latin1'));
  if (problem !== null) {
    throw new KubeconfigError('other', `unable to load root certificates: ${problem}`);
  }
  return { ca, isInsecure, serverName };
}

/** @throws KubeconfigError in Go's words for a file that cannot be read. */
export function readPem(pem: Pem): Buffer {
  if ('data' in pem) return pem.data;
  try {
    return readFileSync(pem.file);
  } catch (error) {
    throw new KubeconfigError('other', goFileError('open', pem.file, error));
  }
}

/** Node's own list of roots is not the machine's: Go asks the machine. */
function systemRoots(): Buffer | null {
  const roots = getCACertificates('system');
  return roots.length === 0 ? null : Buffer.from(roots.join('\n'));
}

/** One certificate that can be read is enough, as for Go's `AppendCertsFromPEM`. */
function bundleProblem(bundle: string): string | null {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (blocks === null) {
    return bundle.includes('-----BEGIN ')
      ? 'no valid certificate authority data seen'
      : 'unable to parse bytes as PEM block';
  }
  return blocks.some(isCertificate)
    ? null
    : 'failed to parse certificate: x509: malformed certificate';
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
