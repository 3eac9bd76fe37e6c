/** What stands behind a Service: Endpoints, and EndpointSlices, which take their place. */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, isObject, listAt, textAt, textsAt, type ApiObject } from '../api-object.ts';
import { ageColumn, column, nameColumn, textColumn } from '../columns.ts';
import { allVerbs, type Resource } from '../resource.ts';
import {
  keepAddressType,
  validateEndpoints,
  validateEndpointSlice,
} from '../validation/endpoints.ts';

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
  isCreatedOnUpdate: true,
  defaults: (endpoints) => ({
    ...endpoints,
    ...(at(endpoints, 'subsets') === undefined
      ? {}
      : {
          subsets: listAt(endpoints, 'subsets').map((subset) =>
            isObject(subset) ? withPortDefaults(subset, 'ports', { protocol: 'TCP' }) : subset,
          ),
        }),
  }),
  validate: validateEndpoints,
};

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
        listAt(slice, 'endpoints').flatMap((endpoint) => textsAt(endpoint, 'addresses')),
        '<unset>',
      ),
    ),
    ageColumn,
  ],
  defaults: (slice) => withPortDefaults(slice, 'ports', { name: '', protocol: 'TCP' }),
  validate: validateEndpointSlice,
  validateUpdate: keepAddressType,
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

function withPortDefaults<Owner extends JsonObject>(
  owner: Owner,
  field: string,
  defaults: JsonObject,
): Owner {
  const ports = listAt(owner, field);
  if (ports.length === 0) return owner;
  return {
    ...owner,
    [field]: ports.map((port) => (isObject(port) ? { ...defaults, ...port } : port)),
  };
}
