/** The lab's apiservers as a proxy that readers send requests through. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Lab } from '../../../lab/index.ts';
import { createHopFeed } from './hop-feed.ts';
import type { Identity, RunningProxy } from './running-proxy.ts';

type LabDoor = Pick<Lab, 'server' | 'kubeconfigPath' | 'visitorKubeconfigPath' | 'onHop'>;

/** Follows its hops until it is disposed of. */
export async function openApiserverProxy(lab: LabDoor): Promise<RunningProxy & Disposable> {
  const { host: address, hostname, port } = new URL(lab.server);
  const [visitor, owner] = await Promise.all([
    readKubeconfig(lab.visitorKubeconfigPath),
    readKubeconfig(lab.kubeconfigPath),
  ]);
  const hops = createHopFeed();
  const following = lab.onHop((hop) => hops.receive(hop));
  await following.ready;
  return {
    address,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
    hops,
    tracedBy: 'audit-id',
    secure: {
      caPem: owner.caPem,
      identities: { reader: visitor.identity, administrator: owner.identity, nobody: {} },
    },
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
}

const pem = z.base64().transform((text) => Buffer.from(text, 'base64').toString());

/** One cluster and one user, as the lab writes it. */
const kubeconfigSchema = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ 'certificate-authority-data': pem }) })]),
  users: z.tuple([
    z.object({
      user: z.object({
        token: z.string().optional(),
        'client-certificate-data': pem.optional(),
        'client-key-data': pem.optional(),
      }),
    }),
  ]),
});

async function readKubeconfig(path: string): Promise<{ caPem: string; identity: Identity }> {
  const { clusters, users } = kubeconfigSchema.parse(parse(await readFile(path, 'utf8')));
  const [{ cluster }] = clusters;
  const [{ user }] = users;
  const { token, 'client-certificate-data': certPem, 'client-key-data': keyPem } = user;
  return {
    caPem: cluster['certificate-authority-data'],
    identity: { ...(token && { token }), ...(certPem && { certPem }), ...(keyPem && { keyPem }) },
  };
}
