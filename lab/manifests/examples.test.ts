import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { isTransportExample } from '../../proxies/descriptor.ts';
import { subjects } from '../../proxies/index.ts';
import { readManifests } from '../manifests.ts';
import { isolatedPlace } from '../topology.ts';

const serviceSpec = z.object({
  type: z.string().default('ClusterIP'),
  ports: z.array(z.object({ port: z.number(), protocol: z.string().default('TCP') })),
});

const objects = await readManifests(isolatedPlace);
const examples = subjects.flatMap((subject) => subject.examples).filter(isTransportExample);

describe('the lab', () => {
  it.each(examples.map(({ id, request, expect: expected }) => [id, request, expected] as const))(
    'has the Service to which “%s” connects',
    (_, { service, port, protocol, through }, { outcome }) => {
      const found = objects.find(
        ({ kind, metadata }) =>
          kind === 'Service' && `${metadata.namespace ?? ''}/${metadata.name}` === service,
      );
      const { type, ports } = serviceSpec.parse(found && 'spec' in found ? found.spec : undefined);
      const protocols = ports.filter((one) => one.port === port).map((one) => one.protocol);
      expect(protocols).not.toEqual([]);
      if (outcome === 'answered') expect(protocols).toContain(protocol.toUpperCase());
      if (through === 'NodePort') expect(type).not.toBe('ClusterIP');
      if (through === 'LoadBalancer') expect(type).toBe('LoadBalancer');
    },
  );
});
