/** Ports of Services. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, numberAt, textAt, type ApiObject } from '../api-object.ts';
import {
  duplicate,
  forbiddenField,
  invalidForEach,
  invalidValue,
  notSupported,
  required,
} from '../field-errors.ts';
import { portsOf, typeOf } from '../resources/service-spec.ts';
import type { Cause } from '../status.ts';
import { checkName, checkQualifiedName, portNameProblems, portNumberProblems } from './names.ts';

export const protocols = ['SCTP', 'TCP', 'UDP'];
const kubeletPort = 10250;

export function validatePorts(service: ApiObject): readonly Cause[] {
  const ports = portsOf(service);
  const names = ports.map((port) => textAt(port, 'name'));
  return ports.flatMap((port, index) => validatePort(port, index, names));
}

function validatePort(port: Json, index: number, names: readonly string[]): readonly Cause[] {
  const field = `spec.ports[${index}]`;
  const name = textAt(port, 'name');
  const number = numberAt(port, 'port');
  const protocol = textAt(port, 'protocol');
  const appProtocol = textAt(port, 'appProtocol');
  return [
    ...(name === '' && names.length > 1 ? [required(`${field}.name`)] : []),
    ...(name === '' ? [] : checkName(name, 'label', `${field}.name`)),
    ...(name !== '' && names.indexOf(name) < index ? [duplicate(`${field}.name`, name)] : []),
    ...invalidForEach(`${field}.port`, number, portNumberProblems(number)),
    ...(protocols.includes(protocol)
      ? []
      : [notSupported(`${field}.protocol`, protocol, protocols)]),
    ...checkPortNumberOrName(at(port, 'targetPort'), `${field}.targetPort`),
    ...(appProtocol === '' ? [] : checkQualifiedName(appProtocol, `${field}.appProtocol`)),
  ];
}

export function checkPortNumberOrName(port: Json | undefined, field: string): readonly Cause[] {
  if (typeof port === 'number') return invalidForEach(field, port, portNumberProblems(port));
  const name = typeof port === 'string' ? port : '';
  return invalidForEach(field, name, portNameProblems(name));
}

/** A load balancer for the nodes' kubelets would be one for everything in the cluster. */
export function validateOutsidePorts(service: ApiObject): readonly Cause[] {
  if (typeOf(service) !== 'LoadBalancer') return [];
  const detail = `may not expose port ${kubeletPort} externally since it is used by kubelet`;
  return portsOf(service).flatMap((port, index) =>
    numberAt(port, 'port') === kubeletPort
      ? [invalidValue(`spec.ports[${index}]`, kubeletPort, detail)]
      : [],
  );
}

/** What is allocated must be allowed, and nothing there twice. */
export function validateNodePorts(service: ApiObject): readonly Cause[] {
  const ports = portsOf(service);
  const type = typeOf(service);
  const misplaced = ports.flatMap((port, index) =>
    type === 'ClusterIP' && numberAt(port, 'nodePort') !== 0
      ? [
          forbiddenField(
            `spec.ports[${index}].nodePort`,
            `may not be used when \`type\` is '${type}'`,
          ),
        ]
      : [],
  );
  return [...misplaced, ...validateUnique(ports)];
}

/** A number may serve each protocol once. */
function validateUnique(ports: readonly Json[]): readonly Cause[] {
  const keyOf = (port: Json, what: 'port' | 'nodePort') =>
    `${textAt(port, 'protocol')}/${numberAt(port, what)}`;
  return (['nodePort', 'port'] as const).flatMap((what) => {
    const keys = ports.map((port) => keyOf(port, what));
    return ports.flatMap((port, index) => {
      const number = numberAt(port, what);
      if (number === 0 || keys.indexOf(keyOf(port, what)) === index) return [];
      return what === 'nodePort'
        ? [duplicate(`spec.ports[${index}].nodePort`, number)]
        : [duplicate(`spec.ports[${index}]`, keyOfPort(port))];
    });
  });
}

/** Upstream shows the key that it compares by: a port of which nothing else is filled in. */
function keyOfPort(port: Json): Json {
  const [protocol, number] = [textAt(port, 'protocol'), numberAt(port, 'port')];
  const empty = { AppProtocol: null, Port: number, TargetPort: 0, NodePort: 0 };
  return { Name: '', Protocol: protocol, ...empty };
}
