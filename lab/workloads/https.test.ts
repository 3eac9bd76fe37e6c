import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../proxies/kit/pki/authority.ts';
import { servingCredential } from './certificate.ts';
import { start } from './https.ts';
import { runPod } from './testing/pod.ts';

describe('https', () => {
  it('signs its own certificate', async () => {
    const { certificatePem } = await servingCredential();
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.subject).toBe('CN=workloads.cluster.local');
    expect(certificate.subjectAltName).toBe('DNS:workloads.cluster.local, DNS:localhost');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now());
  });

  it('can be verified by who trusts it, and shows who has a certificate', async () => {
    await using pod = await runPod(start);
    const authority = await createAuthority();
    const { certificatePem: cert, keyPem: key } = await authority.issueClient({ user: 'ada' });
    const { certificatePem: ca } = await servingCredential();
    const to = {
      host: pod.address,
      port: 8080,
      servername: 'localhost',
      ca,
      agent: false,
    } as const;
    const ask = (options: object) =>
      new Promise((resolve, reject) => {
        request({ ...to, ...options }, (answer) => resolve(json(answer)))
          .on('error', reject)
          .end();
      });
    const serverName = 'localhost';
    expect(await ask({ cert, key })).toMatchObject({
      tls: { serverName, protocol: 'TLSv1.3', clientCertificate: { subject: 'CN=ada' } },
    });
    expect(await ask({})).toMatchObject({ tls: { serverName, clientCertificate: null } });
  });
});
