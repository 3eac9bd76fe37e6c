import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { staticPorts } from '../apiserver/allocation/pick.ts';
import { findImage } from '../workloads/images.ts';

const labels = z.record(z.string(), z.string());
const podSpec = z.object({
  containers: z.array(
    z.object({
      name: z.string(),
      image: z.string(),
      ports: z
        .array(
          z.object({
            name: z.string().optional(),
            containerPort: z.number(),
            protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
          }),
        )
        .default([]),
    }),
  ),
});
const serviceSpec = z.object({
  type: z.string().optional(),
  selector: labels.optional(),
  ports: z
    .array(
      z.object({
        port: z.number(),
        protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
        targetPort: z.union([z.number(), z.string()]).optional(),
        nodePort: z.number().optional(),
      }),
    )
    .default([]),
});
const object = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    labels: labels.default({}),
  }),
  spec: z.unknown().optional(),
});

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const objects = files.flatMap((file) => {
  const documents = [...parseAllDocuments(readFileSync(new URL(file, folder), 'utf8'))];
  return documents.map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join()}`);
    return object.parse(document.toJS());
  });
});

const pods = objects.flatMap(({ kind, metadata, spec }) => {
  if (kind === 'Pod') return [{ ...metadata, spec: podSpec.parse(spec) }];
  if (kind !== 'Deployment') return [];
  const { template } = z
    .object({ template: z.object({ metadata: z.object({ labels }), spec: podSpec }) })
    .parse(spec);
  return [{ ...metadata, labels: template.metadata.labels, spec: template.spec }];
});
const services = objects
  .filter(({ kind }) => kind === 'Service')
  .map(({ metadata, spec }) => ({ ...metadata, spec: serviceSpec.parse(spec) }));

/** The Service that is there to have no pods. */
const withoutPods = ['returns'];

describe('the manifests of the lab', () => {
  it('have each object once', () => {
    const names = objects.map(({ apiVersion, kind, metadata: { namespace, name } }) =>
      [apiVersion, kind, namespace, name].join('/'),
    );
    expect(names).toEqual([...new Set(names)]);
  });

  it('make a namespace before what is in it', () => {
    const there = new Set(['default', 'kube-system']);
    const early = objects.filter(({ kind, metadata: { name, namespace } }) => {
      if (kind === 'Namespace') there.add(name);
      return namespace !== undefined && !there.has(namespace);
    });
    expect(early).toEqual([]);
  });

  it.each(pods)('$namespace/$name runs what there is', ({ spec }) => {
    const missing = spec.containers.filter(({ image }) => !findImage(image));
    expect(missing).toEqual([]);
  });

  it.each(services.filter(({ spec }) => spec.selector))(
    '$namespace/$name has pods that serve its ports',
    ({ name, namespace, spec: { selector = {}, ports } }) => {
      const selected = pods.filter(
        (pod) =>
          pod.namespace === namespace &&
          Object.entries(selector).every(([key, value]) => pod.labels[key] === value),
      );
      expect(selected.length > 0).toBe(!withoutPods.includes(name));
      for (const { spec } of selected) {
        const served = spec.containers.flatMap((container) => container.ports);
        for (const { port, protocol, targetPort = port } of ports) {
          expect(served).toContainEqual(
            expect.objectContaining({
              protocol,
              [typeof targetPort === 'string' ? 'name' : 'containerPort']: targetPort,
            }),
          );
        }
      }
    },
  );

  it('ask for node ports only where none are given out by chance', () => {
    const asked = services.flatMap(({ spec }) =>
      spec.ports.flatMap(({ nodePort }) => nodePort ?? []),
    );
    expect(asked.length).toBeGreaterThan(0);
    // `--service-node-port-range` is 30000-32767; its first 86 are for those who ask.
    expect(asked.filter((port) => port - 30_000 >= staticPorts(2768))).toEqual([]);
  });

  it('have a Service of each kind', () => {
    const specs = JSON.stringify(objects.filter(({ kind }) => kind === 'Service'));
    const kinds = [
      '"type":"NodePort"',
      '"type":"LoadBalancer"',
      '"type":"ExternalName"',
      '"clusterIP":"None"',
      '"sessionAffinity":"ClientIP"',
      '"externalTrafficPolicy":"Local"',
      '"internalTrafficPolicy":"Local"',
      '"publishNotReadyAddresses":true',
      '"trafficDistribution":"PreferClose"',
      '"ipFamilyPolicy":"PreferDualStack"',
      '"ipFamilyPolicy":"RequireDualStack"',
      '"ipFamilies":["IPv6"]',
      '"protocol":"UDP"',
      '"protocol":"SCTP"',
    ];
    expect(kinds.filter((kind) => !specs.includes(kind))).toEqual([]);
  });
});
