/** The kubeconfig's client certificate; its files may be replaced while we run. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import type { ClientConfig, Pem } from './client-config.ts';
import { KubeconfigError } from './errors.ts';
import type { KeyPair } from './tls-client.ts';
import { readPem } from './trust.ts';

/**
 * A function that gives the pair to present, read again when one of its files has changed.
 *
 * @throws KubeconfigError in Go's words for a pair that is none.
 */
export function clientCertificates(
  source: ClientConfig['clientCertificate'],
): () => KeyPair | null {
  if (source === null) return () => null;
  let pair = readPair(source);
  let stamp = changed(source);
  return () => {
    const now = changed(source);
    if (now === stamp) return pair;
    try {
      pair = readPair(source);
      stamp = now;
    } catch {
      // Half of a replacement: the other file is on its way.
    }
    return pair;
  };
}

function readPair(source: NonNullable<ClientConfig['clientCertificate']>): KeyPair {
  const certificate = readPem(source.certificate);
  const key = readPem(source.key);
  const refuse = (problem: string) => new KubeconfigError('other', problem);
  if (!certificate.includes('-----BEGIN ')) {
    throw refuse('tls: failed to find any PEM data in certificate input');
  }
  if (!key.includes('-----BEGIN ')) throw refuse('tls: failed to find any PEM data in key input');
  try {
    const isPair = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
    if (isPair) return { certificate, key };
  } catch (error) {
    throw refuse(`tls: failed to parse private key: ${(error as Error).message}`);
  }
  throw refuse('tls: private key does not match public key');
}

function changed(source: NonNullable<ClientConfig['clientCertificate']>): string {
  return [source.certificate, source.key].map(modified).join();
}

function modified(pem: Pem): number {
  if ('data' in pem) return 0;
  return statSync(pem.file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
