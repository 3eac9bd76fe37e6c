/** Throw-away certificates for one replay: the names and dates that were there at the recording. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

interface Issuer {
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
}

interface Leaf {
  readonly file: string;
  readonly subject: string;
  readonly extensions: readonly x509.Extension[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const names = (...list: x509.JsonGeneralNames) => new x509.SubjectAlternativeNameExtension(list);

const forClients = new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]);

const leaves: readonly Leaf[] = [
  {
    file: 'server',
    subject: 'CN=oracle-server',
    extensions: [
      names(
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
        { type: 'dns', value: 'localhost' },
      ),
    ],
  },
  { file: 'client', subject: 'O=oracle-group, CN=oracle-client', extensions: [forClients] },
  { file: 'other-client', subject: 'CN=exec-client', extensions: [forClients] },
  {
    file: 'other',
    subject: 'CN=other',
    extensions: [names({ type: 'dns', value: 'other.example' })],
  },
  {
    file: 'expired',
    subject: 'CN=expired',
    extensions: [names({ type: 'ip', value: '127.0.0.1' }, { type: 'dns', value: 'localhost' })],
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2021-01-01T00:00:00Z'),
  },
];

/**
 * Writes `ca`, an unrelated `wrong-ca`, and what `ca` signed (`server`, `client`, `other-client`,
 * `other`, `expired`), each as `.crt` and `.key`, into the directory.
 */
export async function writePki(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const ca = await createAuthority(directory, 'ca', 'CN=oracle-ca');
  await createAuthority(directory, 'wrong-ca', 'CN=wrong-ca');
  for (const leaf of leaves) await createLeaf(directory, leaf, ca);
}

async function createAuthority(directory: string, file: string, name: string): Promise<Issuer> {
  const keys = await createKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + 3650 * dayMs),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writePair(directory, file, certificate, keys);
  return { certificate, keys };
}

async function createLeaf(directory: string, leaf: Leaf, issuer: Issuer): Promise<void> {
  const keys = await createKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: leaf.subject,
    issuer: issuer.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: algorithm,
    notBefore: leaf.notBefore ?? new Date(Date.now() - dayMs),
    notAfter: leaf.notAfter ?? new Date(Date.now() + 3650 * dayMs),
    extensions: [
      ...leaf.extensions,
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate),
    ],
  });
  await writePair(directory, leaf.file, certificate, keys);
}

async function createKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function writePair(
  directory: string,
  file: string,
  certificate: x509.X509Certificate,
  keys: CryptoKeyPair,
): Promise<void> {
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  await writeFile(join(directory, `${file}.crt`), `${certificate.toString('pem')}\n`);
  await writeFile(
    join(directory, `${file}.key`),
    `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`,
    {
      mode: 0o600,
    },
  );
}
