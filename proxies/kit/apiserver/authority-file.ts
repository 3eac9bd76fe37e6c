/** The authorities that a flag names, in a file. */
import { readAuthorities } from './client-certificates.ts';
import { ConfigurationError, readText } from './configuration-error.ts';

/** What is wrong with those of our clients, and of the servers that we go to. */
const problems = {
  clients:
    'unable to load client CA provider: data does not contain any valid RSA or ECDSA certificates',
  servers: 'unable to load root certificates: unable to parse bytes as PEM block',
};

/**
 * The certificates in PEM; undefined where no file is named.
 *
 * @throws ConfigurationError in upstream's words where one of them cannot be read.
 */
export async function readAuthorityFile(
  path: string,
  whose: keyof typeof problems,
): Promise<string | undefined> {
  if (path === '') return undefined;
  const pem = await readText(path);
  if (isBundle(pem)) return pem;
  throw new ConfigurationError('bad-ca', `${problems[whose]}: ${path}`, { path });
}

/** Each of them is read: OpenSSL would take the first alone. */
function isBundle(pem: string): boolean {
  try {
    return readAuthorities(pem).fingerprints.size > 0;
  } catch {
    return false;
  }
}
