/** Does a certificate stand for this server? Go's rule: subject alternative names, never the CN. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * What is wrong with the certificate for `name`, in Go's words; `null` where it fits.
 *
 * @example certificateNameProblem(certificate, '127.0.0.1')
 * // "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs"
 */
export function certificateNameProblem(certificate: X509Certificate, name: string): string | null {
  const names = alternativeNames(certificate);
  if (isIP(name) !== 0) {
    if (certificate.checkIP(name) !== undefined) return null;
    const addresses = names.filter(([kind]) => kind === 'IP Address').map(([, value]) => value);
    if (addresses.length === 0) {
      return `x509: cannot validate certificate for ${name} because it doesn't contain any IP SANs`;
    }
    return `x509: certificate is valid for ${addresses.join(', ')}, not ${name}`;
  }
  if (certificate.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined) {
    return null;
  }
  const hosts = names.filter(([kind]) => kind === 'DNS').map(([, value]) => value);
  if (names.length === 0) {
    return 'x509: certificate relies on legacy Common Name field, use SANs instead';
  }
  if (hosts.length === 0) {
    return `x509: certificate is not valid for any names, but wanted to match ${name}`;
  }
  return `x509: certificate is valid for ${hosts.join(', ')}, not ${name}`;
}

function alternativeNames(certificate: X509Certificate): readonly (readonly [string, string])[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((part) => part !== '')
    .map((part) => {
      const [kind = '', ...value] = part.split(':');
      return [kind, value.join(':')] as const;
    });
}
