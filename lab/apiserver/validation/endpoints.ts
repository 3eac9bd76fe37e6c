/** Endpoints and EndpointSlices. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, listAt, textAt, textsAt, type ApiObject } from '../api-object.ts';
import { parseIp } from '../../../proxies/kit/ip.ts';
import {
  duplicate,
  invalidForEach,
  invalidValue,
  notSupported,
  required,
  tooMany,
} from '../field-errors.ts';
import type { ApiSettings } from '../settings.ts';
import type { Cause } from '../status.ts';
import { invalidIp, specialIp } from './addresses.ts';
import { checkName, checkQualifiedName, portNumberProblems } from './names.ts';
import { protocols } from './service-ports.ts';

export function validateEndpoints(endpoints: ApiObject, settings: ApiSettings): readonly Cause[] {
  return listAt(endpoints, 'subsets').flatMap((subset, index) => {
    const field = `subsets[${index}]`;
    const lists = ['addresses', 'notReadyAddresses'] as const;
    const ports = listAt(subset, 'ports');
    return [
      ...(lists.every((list) => listAt(subset, list).length === 0)
        ? [required(field, 'must specify `addresses` or `notReadyAddresses`')]
        : []),
      ...lists.flatMap((list) =>
        listAt(subset, list).flatMap((address, place) =>
          validateAddress(address, `${field}.${list}[${place}]`, settings),
        ),
      ),
      ...ports.flatMap((port, place) => [
        ...(ports.length > 1 && textAt(port, 'name') === ''
          ? [required(`${field}.ports[${place}].name`)]
          : []),
        ...validatePort(port, `${field}.ports[${place}]`),
      ]),
    ];
  });
}

function validateAddress(address: Json, field: string, settings: ApiSettings): readonly Cause[] {
  const [ip, hostname] = [textAt(address, 'ip'), textAt(address, 'hostname')];
  return [
    ...invalidIp(ip, `${field}.ip`),
    ...(hostname === '' ? [] : checkName(hostname, 'label', `${field}.hostname`)),
    ...specialIp(ip, `${field}.ip`, { isLoopbackAllowed: settings.allowLoopbackEndpoints }),
  ];
}

function validatePort(port: Json, field: string): readonly Cause[] {
  const [name, protocol] = [textAt(port, 'name'), textAt(port, 'protocol')];
  const [number, appProtocol] = [at(port, 'port'), textAt(port, 'appProtocol')];
  return [
    ...(name === '' ? [] : checkName(name, 'label', `${field}.name`)),
    ...(typeof number === 'number'
      ? invalidForEach(`${field}.port`, number, portNumberProblems(number))
      : []),
    ...(protocol === '' ? [required(`${field}.protocol`)] : []),
    ...(protocol === '' || protocols.includes(protocol)
      ? []
      : [notSupported(`${field}.protocol`, protocol, protocols)]),
    ...(appProtocol === '' ? [] : checkQualifiedName(appProtocol, `${field}.appProtocol`)),
  ];
}

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const most = { endpoints: 1000, addresses: 100, ports: 20_000, zones: 8 };

export function validateEndpointSlice(slice: ApiObject, settings: ApiSettings): readonly Cause[] {
  const type = textAt(slice, 'addressType');
  const endpoints = listAt(slice, 'endpoints');
  return [
    ...(type === '' ? [required('addressType')] : []),
    ...(type === '' || addressTypes.includes(type)
      ? []
      : [notSupported('addressType', type, addressTypes)]),
    ...(endpoints.length > most.endpoints
      ? [tooMany('endpoints', endpoints.length, most.endpoints)]
      : endpoints.flatMap((endpoint, index) =>
          validateEndpoint(endpoint, `endpoints[${index}]`, type, settings),
        )),
    ...validateSlicePorts(listAt(slice, 'ports')),
  ];
}

function validateEndpoint(
  endpoint: Json,
  field: string,
  type: string,
  settings: ApiSettings,
): readonly Cause[] {
  const addresses = textsAt(endpoint, 'addresses');
  const hostname = textAt(endpoint, 'hostname');
  const zones = listAt(endpoint, 'hints', 'forZones');
  const nodeName = textAt(endpoint, 'nodeName');
  return [
    ...(addresses.length === 0
      ? [required(`${field}.addresses`, 'must contain at least 1 address')]
      : []),
    ...(addresses.length > most.addresses
      ? [tooMany(`${field}.addresses`, addresses.length, most.addresses)]
      : []),
    ...addresses.flatMap((address, index) =>
      validateOfType(address, `${field}.addresses[${index}]`, type, settings),
    ),
    ...(nodeName === '' ? [] : checkName(nodeName, 'subdomain', `${field}.nodeName`)),
    ...(hostname === '' ? [] : checkName(hostname, 'label', `${field}.hostname`)),
    ...(zones.length > most.zones
      ? [tooMany(`${field}.hints.forZones`, zones.length, most.zones)]
      : []),
  ];
}

function validateOfType(
  address: string,
  field: string,
  type: string,
  settings: ApiSettings,
): readonly Cause[] {
  if (type === 'FQDN') return checkName(address, 'subdomain', field);
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  return [
    ...(parseIp(address)?.family === type
      ? []
      : [invalidValue(field, address, `must be a valid ${type} address`)]),
    ...specialIp(address, field, { isLoopbackAllowed: settings.allowLoopbackEndpoints }),
  ];
}

function validateSlicePorts(ports: readonly Json[]): readonly Cause[] {
  const names = ports.map((port) => textAt(port, 'name'));
  return [
    ...(ports.length > most.ports ? [tooMany('ports', ports.length, most.ports)] : []),
    ...ports.flatMap((port, index) => [
      ...(names.indexOf(names[index] ?? '') < index
        ? [duplicate(`ports[${index}].name`, names[index] ?? '')]
        : []),
      ...validatePort(port, `ports[${index}]`),
    ]),
  ];
}

export function keepAddressType(slice: ApiObject, old: ApiObject): readonly Cause[] {
  const now = textAt(slice, 'addressType');
  return now === textAt(old, 'addressType')
    ? []
    : [invalidValue('addressType', now, 'field is immutable')];
}
