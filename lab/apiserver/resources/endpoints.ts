/** What stands behind a Service: Endpoints, and EndpointSlices, which take their place. */
import { listAt, textAt, type ApiObject, type Json } from '../api-object.ts';
import { ageColumn, column, nameColumn, textColumn } from '../columns.ts';
import { notSupported } from '../field-errors.ts';
import { allVerbs, type Resource } from '../resource.ts';

export const endpoints: Resource = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  namespaced: true,
  verbs: allVerbs,
  shortNames: ['ep'],
  schema: 'io.k8s.api.core.v1.Endpoints',
  columns: [nameColumn, column('Endpoints', 'Its addresses and ports.', addresses), ageColumn],
};

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];

export const endpointSlices: Resource = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  verbs: allVerbs,
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  columns: [
    nameColumn,
    textColumn('AddressType', 'IPv4, IPv6 or FQDN.', ['addressType']),
    column('Ports', 'Its ports.', (slice) =>
      shortened(
        listAt(slice, 'ports').map((port) => textAt(port, 'port') || '*'),
        '<unset>',
      ),
    ),
    column('Endpoints', 'Its addresses.', (slice) =>
      shortened(
        listAt(slice, 'endpoints').flatMap((endpoint) => listAt(endpoint, 'addresses').map(String)),
        '<unset>',
      ),
    ),
    ageColumn,
  ],
  validate: (slice) =>
    addressTypes.includes(textAt(slice, 'addressType'))
      ? []
      : [notSupported('addressType', textAt(slice, 'addressType'), addressTypes)],
};

function addresses(object: ApiObject): string {
  return shortened(listAt(object, 'subsets').flatMap(addressesOfSubset), '<none>');
}

function addressesOfSubset(subset: Json): readonly string[] {
  const ips = listAt(subset, 'addresses').map((address) => textAt(address, 'ip'));
  const ports = listAt(subset, 'ports').map((port) => textAt(port, 'port'));
  if (ports.length === 0) return ips;
  return ports.flatMap((port) => ips.map((ip) => `${ip}:${port}`));
}

/** Three, and how many more. */
function shortened(all: readonly string[], none: string): string {
  if (all.length === 0) return none;
  const shown = all.slice(0, 3).join(',');
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}
