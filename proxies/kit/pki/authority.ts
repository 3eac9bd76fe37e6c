/** A certificate authority of the lab's own: made at start, P-256, never written but as its public part. */
import 'reflect-metadata';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate with its key, both PEM. */
export interface Credential {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface Authority {
  readonly certificatePem: string;
  /** A serving certificate for these DNS names and addresses. */
  issueServer(names: readonly string[], commonName?: string): Promise<Credential>;
  /** A client certificate: Kubernetes reads the user from CN and the groups from O. */
  issueClient(subject: {
    readonly user: string;
    readonly groups?: readonly string[];
  }): Promise<Credential>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 60 * 60 * 1000;

/** Makes a new authority; its key lives in memory only. */
export async function createAuthority(commonName = 'kubernetes'): Promise<Authority> {
  const keys = await generateKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: algorithm,
    ...validity(365),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  const issue = async (
    name: x509.JsonName,
    usage: x509.ExtendedKeyUsage,
    alternativeNames: readonly x509.GeneralName[],
  ): Promise<Credential> => {
    const own = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: name,
      issuer: authority.subjectName,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      ...validity(30),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ...(alternativeNames.length > 0
          ? [new x509.SubjectAlternativeNameExtension([...alternativeNames])]
          : []),
      ],
    });
    return {
      certificatePem: `${certificate.toString('pem')}\n`,
      keyPem: `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', own.privateKey), 'PRIVATE KEY')}\n`,
    };
  };

  return {
    certificatePem: `${authority.toString('pem')}\n`,
    issueServer: (names, serverName = 'kube-apiserver') =>
      issue(
        [{ CN: [serverName] }],
        x509.ExtendedKeyUsage.serverAuth,
        names.map((name) => new x509.GeneralName(isIP(name) === 0 ? 'dns' : 'ip', name)),
      ),
    issueClient: ({ user, groups = [] }) =>
      issue(
        [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
        x509.ExtendedKeyUsage.clientAuth,
        [],
      ),
  };
}

async function generateKeys() {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** From a little before now, so that clocks may differ, and not longer than a lab is likely to run. */
function validity(days: number) {
  const now = Date.now();
  return { notBefore: new Date(now - 5 * 60 * 1000), notAfter: new Date(now + days * dayMs) };
}
