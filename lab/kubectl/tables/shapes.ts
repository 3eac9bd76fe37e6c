/** The shapes of what `-o json` prints. */
import * as z from 'zod';

export const metadata = z.object({
  name: z.string(),
  uid: z.uuid(),
  resourceVersion: z.string().regex(/^\d+$/),
  creationTimestamp: z.iso.datetime(),
});

export const object = (kind: string, rest: z.ZodRawShape = {}) =>
  z.object({ apiVersion: z.string(), kind: z.literal(kind), metadata, ...rest });

/** kubectl wraps what it gets in a list of its own. */
export const list = (item: z.ZodType) =>
  z.object({ apiVersion: z.literal('v1'), kind: z.literal('List'), items: z.array(item).min(1) });

export const configMap = object('ConfigMap', { data: z.record(z.string(), z.string()) });

export const service = object('Service', {
  spec: z.object({
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']),
    clusterIP: z.string(),
    clusterIPs: z.array(z.string()).min(1),
    ipFamilies: z.array(z.enum(['IPv4', 'IPv6'])).min(1),
    ports: z.array(z.object({ port: z.int(), protocol: z.string(), targetPort: z.unknown() })),
  }),
});

export const deployment = object('Deployment', {
  spec: z.object({
    replicas: z.int(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    strategy: z.object({ type: z.string() }),
    template: z.object({ spec: z.object({ containers: z.array(z.looseObject({})).min(1) }) }),
  }),
});

export const pod = object('Pod', {
  spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string() })).min(1) }),
  status: z.object({ phase: z.string(), qosClass: z.string() }),
});

export const version = z.object({
  clientVersion: z.object({ gitVersion: z.string() }),
  serverVersion: z.object({
    major: z.literal('1'),
    minor: z.string(),
    gitVersion: z.string().startsWith('v1.'),
    platform: z.string(),
  }),
});
