import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureClusterPki } from './cluster-pki.ts';

let directory: string;
let pki: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-pki-'));
  pki = join(directory, 'pki');
  await ensureClusterPki(pki);
});
afterAll(() => rm(directory, { recursive: true }));

const read = (name: string) => readFile(join(pki, name), 'utf8');
const certificate = async (name: string) => new X509Certificate(await read(`${name}.crt`));

describe('the certificates of the cluster', () => {
  it.each([
    ['admin', 'O=system:masters\nCN=kubernetes-admin'],
    ['controllers', 'CN=system:kube-controller-manager'],
    ['cloud-load-balancer', 'CN=hop:cloud-load-balancer'],
    ['kube-proxy', 'CN=system:kube-proxy'],
    ['node-3', 'O=system:nodes\nCN=system:node:node-3'],
    ['apiserver-kubelet-client', 'O=system:masters\nCN=kube-apiserver-kubelet-client'],
  ])('say who %s is', async (name, subject) => {
    const issued = await certificate(name);
    expect(issued.subject).toBe(subject);
    expect(issued.verify((await certificate('ca')).publicKey)).toBe(true);
  });

  it.each([
    ['apiserver', 'localhost'],
    ['apiserver', 'kubernetes.default.svc'],
    ['apiserver', 'apiserver-load-balancer'],
    ['kubelet-node-2', 'node-2'],
  ])('serve %s as %s', async (name, host) => {
    expect((await certificate(name)).checkHost(host)).toBe(host);
  });

  it.each([
    ['apiserver', '127.0.0.1'],
    ['apiserver', '::1'],
    ['apiserver', '10.96.0.1'],
    ['apiserver', '127.96.0.1'],
    ['apiserver', 'fd00:10:96::1'],
    ['apiserver', '192.0.2.2'],
    ['apiserver', '2001:db8::2'],
    ['apiserver', '172.30.0.13'],
    ['kubelet-node-2', '172.30.0.22'],
    ['kubelet-node-2', 'fd00:172:30::22'],
    ['kubelet-node-2', '127.0.0.1'],
  ])('serve %s at %s', async (name, address) => {
    expect((await certificate(name)).checkIP(address)).toBe(address);
  });

  it('have an authority of their own for what fronts the apiservers', async () => {
    const front = await certificate('front-proxy-client');
    expect(front.verify((await certificate('front-proxy-ca')).publicKey)).toBe(true);
    expect(front.verify((await certificate('ca')).publicKey)).toBe(false);
  });

  it('keep their keys to the owner, and those of the authorities to nobody', async () => {
    const files = await readdir(pki);
    expect(files).not.toContain('ca.key');
    for (const name of files) {
      expect((await stat(join(pki, name))).mode & 0o777, name).toBe(0o600);
    }
  });

  it('are kept, and made anew when one is missing', async () => {
    const before = await read('ca.crt');
    await ensureClusterPki(pki);
    expect(await read('ca.crt')).toBe(before);
    await unlink(join(pki, 'node-9.crt'));
    await ensureClusterPki(pki);
    expect(await read('ca.crt')).not.toBe(before);
    expect(await read('node-9.crt')).toContain('BEGIN CERTIFICATE');
  });
});
