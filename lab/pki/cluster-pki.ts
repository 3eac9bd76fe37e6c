/** The certificates and keys of the cluster, as kubeadm names them: made once, kept with the state. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  apiserverLoadBalancer,
  cloudLoadBalancer,
  isolatedPlace,
  loopbackShares,
  planMachines,
  serviceRangesOf,
  type LabPlace,
  type MachinePlan,
} from '../topology.ts';
import type { Authority, Credential } from '../../proxies/kit/pki/authority.ts';

/** Where labs may be: each has its `kubernetes` Service at the first address of its range. */
const places: readonly LabPlace[] = [
  isolatedPlace,
  ...Array.from({ length: loopbackShares }, (_, share) => ({ mode: 'loopback' as const, share })),
];
/** As which the cloud load balancer comes to the apiservers: `lab/manifests` says what it may. */
const cloudUser = 'hop:cloud-load-balancer';
/** Enough for every topology: 1 to 9 of each. */
const machines = planMachines({ apiservers: 9, nodes: 9 });
const loopback = ['localhost', '127.0.0.1', '::1'];
const renewBeforeMs = 24 * 60 * 60 * 1000;

/**
 * Makes what is not there. All of it is made anew when something is missing or about to expire: the
 * authorities' keys are never written.
 */
export async function ensureClusterPki(directory: string): Promise<void> {
  if (await isWhole(directory)) return;
  const { createAuthority } = await import('../../proxies/kit/pki/authority.ts');
  const [ca, frontProxyCa] = await Promise.all([
    createAuthority('kubernetes'),
    createAuthority('front-proxy-ca'),
  ]);
  const files = await Promise.all(
    plan.map(async ({ name, issue }) => ({ name, ...(await issue(ca, frontProxyCa)) })),
  );
  // All of it or nothing: one that is interrupted leaves the place empty.
  const making = `${directory}.new`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true, mode: 0o700 });
  const write = (name: string, text: string) =>
    writeFile(join(making, name), text, { mode: 0o600 });
  const sa = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await Promise.all([
    write('ca.crt', ca.certificatePem),
    write('front-proxy-ca.crt', frontProxyCa.certificatePem),
    write('sa.key', sa.privateKey),
    write('sa.pub', sa.publicKey),
    ...files.flatMap(({ name, certificatePem, keyPem }) => [
      write(`${name}.crt`, certificatePem),
      write(`${name}.key`, keyPem),
    ]),
  ]);
  await rm(directory, { recursive: true, force: true });
  await rename(making, directory);
}

interface PlannedCertificate {
  readonly name: string;
  readonly issue: (ca: Authority, frontProxyCa: Authority) => Promise<Credential>;
}

const plan: readonly PlannedCertificate[] = [
  { name: 'apiserver', issue: (ca) => ca.issueServer(apiserverNames()) },
  client('apiserver-kubelet-client', 'kube-apiserver-kubelet-client', ['system:masters']),
  client('controllers', 'system:kube-controller-manager'),
  client('kube-proxy', 'system:kube-proxy'),
  client(cloudLoadBalancer.name, cloudUser),
  client('admin', 'kubernetes-admin', ['system:masters']),
  {
    name: 'front-proxy-client',
    issue: (_, frontProxyCa) => frontProxyCa.issueClient({ user: 'front-proxy-client' }),
  },
  ...of('node').flatMap(({ name, addresses }) => [
    client(name, `system:node:${name}`, ['system:nodes']),
    {
      name: `kubelet-${name}`,
      issue: (ca: Authority) =>
        ca.issueServer([name, ...addresses, ...loopback], `system:node:${name}`),
    },
  ]),
];

function client(name: string, user: string, groups: readonly string[] = []): PlannedCertificate {
  return { name, issue: (ca) => ca.issueClient({ user, groups }) };
}

function apiserverNames(): readonly string[] {
  return [
    ...loopback,
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
    ...places.map(kubernetesServiceOf),
    'fd00:10:96::1',
    apiserverLoadBalancer.name,
    ...apiserverLoadBalancer.addresses,
    ...of('apiserver').flatMap(({ name, addresses }) => [name, ...addresses]),
  ];
}

/** @example kubernetesServiceOf(isolatedPlace) // '10.96.0.1' */
function kubernetesServiceOf(place: LabPlace): string {
  return (serviceRangesOf(place)[0] ?? '').replace(/0\/\d+$/, '1');
}

function of(role: MachinePlan['role']): readonly MachinePlan[] {
  return machines.filter((machine) => machine.role === role);
}

async function isWhole(directory: string): Promise<boolean> {
  const names = [...plan.map(({ name }) => name), 'ca', 'front-proxy-ca'];
  try {
    const certificates = await Promise.all(
      names.map((name) => readFile(join(directory, `${name}.crt`))),
    );
    const soon = Date.now() + renewBeforeMs;
    const [apiserver] = certificates;
    return (
      // One that was made before there was a load balancer does not have its name.
      new X509Certificate(apiserver ?? '').checkHost(apiserverLoadBalancer.name) !== undefined &&
      certificates.every((pem) => new X509Certificate(pem).validToDate.getTime() > soon)
    );
  } catch {
    return false;
  }
}
