/** Services: an address and a name for a set of pods. */
import { allocateService, releaseService } from '../allocation/service-allocation.ts';
import { at, listAt, numberAt, textAt, type ApiObject } from '../api-object.ts';
import { ageColumn, column, labelText, nameColumn, textColumn } from '../columns.ts';
import { denyExternalIps } from '../external-ips.ts';
import { allVerbs, type Resource } from '../resource.ts';
import { proxySubresource } from '../proxy/proxy-subresource.ts';
import { validateServiceStatus } from '../validation/service-load-balancer.ts';
import { validateService, validateServiceUpdate } from '../validation/services.ts';
import {
  keepStatus,
  withEmptyStatus,
  withIngressDefaults,
  withServiceDefaults,
} from './service-defaults.ts';
import { dropForType } from './service-update.ts';

export const services: Resource = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  namespaced: true,
  verbs: allVerbs,
  shortNames: ['svc'],
  categories: ['all'],
  schema: 'io.k8s.api.core.v1.Service',
  hasStatus: true,
  subresources: [proxySubresource('services', 'ServiceProxyOptions')],
  returnsDeleted: true,
  nameFormat: 'label1035',
  selectableFields: {
    'spec.clusterIP': (service) => textAt(service, 'spec', 'clusterIP'),
    'spec.type': (service) => textAt(service, 'spec', 'type'),
  },
  columns: [
    nameColumn,
    textColumn('Type', 'ClusterIP, NodePort, LoadBalancer or ExternalName.', ['spec', 'type']),
    textColumn('Cluster-IP', 'Its address inside the cluster.', ['spec', 'clusterIP'], {
      none: '<none>',
    }),
    column('External-IP', 'Its address outside the cluster.', externalAddress),
    column('Port(s)', 'Its ports, with their node ports.', ports),
    ageColumn,
    column(
      'Selector',
      'How it finds its pods.',
      (service) => labelText(at(service, 'spec', 'selector')),
      {
        priority: 1,
      },
    ),
  ],
  isCreatedOnUpdate: true,
  defaults: withServiceDefaults,
  prepareForCreate: withEmptyStatus,
  prepareForUpdate: (service, old) => keepStatus(dropForType(service, old), old),
  prepareStatus: withIngressDefaults,
  allocate: allocateService,
  release: releaseService,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatus: validateServiceStatus,
  admit: denyExternalIps,
};

function externalAddress(service: ApiObject): string {
  const type = textAt(service, 'spec', 'type');
  if (type === 'ExternalName') return textAt(service, 'spec', 'externalName');
  const external = listAt(service, 'spec', 'externalIPs').map(String);
  const ingress = listAt(service, 'status', 'loadBalancer', 'ingress').map(
    (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
  );
  const all = type === 'LoadBalancer' ? [...new Set(ingress.sort()), ...external] : external;
  if (all.length > 0) return all.join(',');
  return type === 'LoadBalancer' ? '<pending>' : '<none>';
}

function ports(service: ApiObject): string {
  const all = listAt(service, 'spec', 'ports').map((port) => {
    const nodePort = numberAt(port, 'nodePort');
    const number = `${numberAt(port, 'port')}${nodePort === 0 ? '' : `:${nodePort}`}`;
    return `${number}/${textAt(port, 'protocol') || 'TCP'}`;
  });
  return all.length === 0 ? '<none>' : all.join(',');
}
