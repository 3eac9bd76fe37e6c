/** The certificates an apiserver shows: those it was given, or, to its clients, one of its own making. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../make-directory.ts';
import { ConfigurationError, readText } from './configuration-error.ts';

export interface ServingCertificate {
  readonly tlsCert: string;
  readonly tlsPrivateKey: string;
}

/** In PEM, as what the apiserver comes to others. */
export interface ClientPair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Reads what `--tls-cert-file` and `--tls-private-key-file` name.
 *
 * @throws ConfigurationError in Go's words, also where the two do not belong together.
 */
export async function readServingCertificate(
  certFile: string,
  keyFile: string,
): Promise<ServingCertificate> {
  if (certFile === '' || keyFile === '') {
    throw missingFile('missing-pair', '--tls-cert-file, --tls-private-key-file');
  }
  return readPair(certFile, keyFile);
}

/**
 * Reads what two flags name, undefined where they name nothing.
 *
 * @throws ConfigurationError as `readServingCertificate`.
 */
export async function readClientPair<Cert extends string, Key extends string>(
  values: Readonly<Record<Cert | Key, string>>,
  certFlag: Cert,
  keyFlag: Key,
): Promise<ClientPair | undefined> {
  const certFile = values[certFlag];
  const keyFile = values[keyFlag];
  if (certFile === '' && keyFile === '') return undefined;
  if (certFile === '' || keyFile === '') {
    throw missingFile('missing-client-pair', `--${certFlag}, --${keyFlag}`);
  }
  const { tlsCert, tlsPrivateKey } = await readPair(certFile, keyFile);
  return { certificate: tlsCert, key: tlsPrivateKey };
}

function missingFile(hint: string, flags: string): ConfigurationError {
  return new ConfigurationError(hint, `cert/key file must be both set or both unset: ${flags}`);
}

async function readPair(certFile: string, keyFile: string): Promise<ServingCertificate> {
  const [tlsCert, tlsPrivateKey] = await Promise.all([readText(certFile), readText(keyFile)]);
  const certificate = parse(() => new X509Certificate(tlsCert), certFile, 'certificate');
  const key = parse(() => createPrivateKey(tlsPrivateKey), keyFile, 'key');
  if (!certificate.checkPrivateKey(key)) {
    throw new ConfigurationError('mismatched-key', 'tls: private key does not match public key', {
      cert: certFile,
      key: keyFile,
    });
  }
  return { tlsCert, tlsPrivateKey };
}

/**
 * The certificate in `directory`, made there where there is none that still holds; an empty
 * `directory` keeps it in memory. The file has its authority behind it, so that clients can take it as theirs.
 */
export async function selfSignedCertificate(
  directory: string,
  names: readonly string[],
): Promise<ServingCertificate> {
  const certFile = join(directory, 'apiserver.crt');
  const keyFile = join(directory, 'apiserver.key');
  if (directory !== '') {
    const kept = await readServingCertificate(certFile, keyFile).catch(() => undefined);
    if (kept && Date.parse(new X509Certificate(kept.tlsCert).validTo) > Date.now()) return kept;
  }
  // Who brings a certificate need not load what makes one.
  const { createAuthority } = await import('../pki/authority.ts');
  const authority = await createAuthority(`${names[0] ?? 'localhost'}-ca`);
  const { certificatePem, keyPem } = await authority.issueServer(names);
  const tlsCert = certificatePem + authority.certificatePem;
  if (directory !== '') {
    await makeDirectory(directory);
    await writeFile(certFile, tlsCert);
    await writeFile(keyFile, keyPem, { mode: 0o600 });
  }
  return { tlsCert, tlsPrivateKey: keyPem };
}

function parse<T>(read: () => T, file: string, what: 'certificate' | 'key'): T {
  try {
    return read();
  } catch {
    throw new ConfigurationError(
      `bad-${what}`,
      what === 'certificate'
        ? 'tls: failed to find any PEM data in certificate input'
        : 'tls: failed to find any PEM data in key input',
      { path: file },
    );
  }
}
