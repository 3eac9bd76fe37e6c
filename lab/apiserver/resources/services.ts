import { randomInt } from 'node:crypto';
import {
  at,
  isObject,
  listAt,
  numberAt,
  textAt,
  type ApiObject,
  type Json,
} from '../api-object.ts';
import { ageColumn, column, labelText, nameColumn, textColumn } from '../columns.ts';
import { invalidValue, notSupported, required } from '../field-errors.ts';
import { proxySubresource } from '../unreachable.ts';
import { allVerbs, type Resource } from '../resource.ts';
import type { Cause } from '../status.ts';

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
  subresources: [proxySubresource('ServiceProxyOptions')],
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
  defaults: withDefaults,
  prepareForCreate: (service) => ({ ...withClusterAddress(service), status: { loadBalancer: {} } }),
  prepareForUpdate: keepAllocated,
  validate,
  validateUpdate: (service, old) =>
    textAt(old, 'spec', 'clusterIP') !== '' &&
    textAt(service, 'spec', 'type') === textAt(old, 'spec', 'type') &&
    textAt(service, 'spec', 'clusterIP') !== textAt(old, 'spec', 'clusterIP')
      ? [
          invalidValue(
            'spec.clusterIPs[0]',
            [textAt(service, 'spec', 'clusterIP')],
            'may not change once set',
          ),
        ]
      : [],
};

function externalAddress(service: ApiObject): string {
  const type = textAt(service, 'spec', 'type');
  if (type === 'ExternalName') return textAt(service, 'spec', 'externalName');
  const external = listAt(service, 'spec', 'externalIPs').map(String);
  const ingress = listAt(service, 'status', 'loadBalancer', 'ingress').map(
    (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
  );
  const all = type === 'LoadBalancer' ? [...ingress, ...external] : external;
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

function withDefaults(service: ApiObject): ApiObject {
  const spec = at(service, 'spec');
  const given = isObject(spec) ? spec : {};
  const type = textAt(given, 'type') || 'ClusterIP';
  const isExternal = type === 'NodePort' || type === 'LoadBalancer';
  const completed = {
    ...given,
    ports: listAt(given, 'ports').map((port) => ({
      ...(isObject(port) ? port : {}),
      protocol: textAt(port, 'protocol') || 'TCP',
      targetPort: at(port, 'targetPort') ?? at(port, 'port'),
    })),
    type,
    sessionAffinity: textAt(given, 'sessionAffinity') || 'None',
    ...(type === 'ExternalName'
      ? {}
      : {
          ipFamilies: at(given, 'ipFamilies') ?? ['IPv4'],
          ipFamilyPolicy: textAt(given, 'ipFamilyPolicy') || 'SingleStack',
          internalTrafficPolicy: textAt(given, 'internalTrafficPolicy') || 'Cluster',
        }),
    ...(isExternal
      ? { externalTrafficPolicy: textAt(given, 'externalTrafficPolicy') || 'Cluster' }
      : {}),
  };
  return { ...service, spec: completed };
}

/** An address of the Service range that nobody else is likely to have, and node ports likewise. */
function withClusterAddress(service: ApiObject): ApiObject {
  const spec = at(service, 'spec');
  if (!isObject(spec) || textAt(spec, 'type') === 'ExternalName') return service;
  const clusterIP = textAt(spec, 'clusterIP') || `10.96.${randomInt(64, 256)}.${randomInt(1, 255)}`;
  const isExternal = textAt(spec, 'type') !== 'ClusterIP';
  const ports = listAt(spec, 'ports').map((port): Json => {
    if (!isObject(port) || !isExternal || numberAt(port, 'nodePort') > 0) return port;
    return { ...port, nodePort: randomInt(30000, 32768) };
  });
  return { ...service, spec: { clusterIP, clusterIPs: [clusterIP], ...spec, ports } };
}

/** An update that leaves out what was allocated means to keep it. */
function keepAllocated(service: ApiObject, old: ApiObject): ApiObject {
  const spec = at(service, 'spec');
  const isExternalName = textAt(spec, 'type') === 'ExternalName';
  if (!isObject(spec) || isExternalName || textAt(spec, 'clusterIP') !== '') return service;
  const { clusterIP, clusterIPs } = {
    clusterIP: at(old, 'spec', 'clusterIP'),
    clusterIPs: at(old, 'spec', 'clusterIPs'),
  };
  return { ...service, spec: { clusterIP, clusterIPs, ...spec } };
}

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const protocols = ['SCTP', 'TCP', 'UDP'];

function validate(service: ApiObject): readonly Cause[] {
  const type = textAt(service, 'spec', 'type');
  const all = listAt(service, 'spec', 'ports');
  const isHeadless = textAt(service, 'spec', 'clusterIP') === 'None';
  return [
    ...(all.length === 0 && type !== 'ExternalName' && !isHeadless ? [required('spec.ports')] : []),
    ...(types.includes(type) ? [] : [notSupported('spec.type', type, types)]),
    ...all.flatMap((port, index) => validatePort(port, `spec.ports[${index}]`, all.length > 1)),
  ];
}

function validatePort(port: Json, path: string, needsName: boolean): readonly Cause[] {
  const number = numberAt(port, 'port');
  const protocol = textAt(port, 'protocol');
  return [
    ...(needsName && textAt(port, 'name') === '' ? [required(`${path}.name`)] : []),
    ...(number < 1 || number > 65535
      ? [invalidValue(`${path}.port`, number, 'must be between 1 and 65535, inclusive')]
      : []),
    ...(protocols.includes(protocol)
      ? []
      : [notSupported(`${path}.protocol`, protocol, protocols)]),
  ];
}
