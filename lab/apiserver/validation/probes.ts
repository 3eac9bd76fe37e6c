/** Probes and lifecycle hooks: what is done to a container, and how often. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, isObject, listAt, textAt } from '../api-object.ts';
import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { Cause } from '../status.ts';
import { checkName } from './names.ts';
import { checkBetween, checkNotNegativeFields } from './numbers.ts';
import { checkPortNumberOrName } from './service-ports.ts';

type Check = (handler: Json, field: string) => readonly Cause[];

const handlers: Readonly<Record<string, Check>> = {
  exec: (handler, field) =>
    listAt(handler, 'command').length === 0 ? [required(`${field}.command`)] : [],
  httpGet: (handler, field) => [
    ...(textAt(handler, 'path') === '' ? [required(`${field}.path`)] : []),
    ...checkPortNumberOrName(at(handler, 'port'), `${field}.port`),
    ...(['HTTP', 'HTTPS'].includes(textAt(handler, 'scheme'))
      ? []
      : [notSupported(`${field}.scheme`, textAt(handler, 'scheme'), ['HTTP', 'HTTPS'])]),
    ...listAt(handler, 'httpHeaders').flatMap((header) =>
      checkName(textAt(header, 'name'), 'httpHeader', `${field}.httpHeaders`),
    ),
  ],
  tcpSocket: (handler, field) => checkPortNumberOrName(at(handler, 'port'), `${field}.port`),
  grpc: (handler, field) => checkPortNumberOrName(at(handler, 'port'), `${field}.port`),
  sleep: (handler, field) => checkNotNegativeFields(handler, field, ['seconds']),
};

function validateHandler(parent: Json, field: string, kinds: readonly string[]): readonly Cause[] {
  const given = kinds.filter((kind) => at(parent, kind) !== undefined);
  const [first, ...others] = given;
  if (first === undefined) return [required(field, 'must specify a handler type')];
  return [
    ...(handlers[first]?.(at(parent, first) ?? null, `${field}.${first}`) ?? []),
    ...others.map((kind) =>
      forbiddenField(`${field}.${kind}`, 'may not specify more than 1 handler type'),
    ),
  ];
}

const probeHandlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const counts = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
];

/** The three probes and the two hooks of a container. */
export function validateProbes(container: Json, field: string): readonly Cause[] {
  return [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) =>
      validateProbe(at(container, name), `${field}.${name}`, name !== 'readinessProbe'),
    ),
    ...['postStart', 'preStop'].flatMap((name) => {
      const hook = at(container, 'lifecycle', name);
      const kinds = ['exec', 'httpGet', 'tcpSocket', 'sleep'];
      return isObject(hook) ? validateHandler(hook, `${field}.lifecycle.${name}`, kinds) : [];
    }),
  ];
}

function validateProbe(
  probe: Json | undefined,
  field: string,
  isDecisive: boolean,
): readonly Cause[] {
  if (!isObject(probe)) return [];
  const successes = at(probe, 'successThreshold');
  const grace = at(probe, 'terminationGracePeriodSeconds');
  return [
    ...validateHandler(probe, field, probeHandlers),
    ...checkNotNegativeFields(probe, field, counts),
    ...checkBetween(grace, `${field}.terminationGracePeriodSeconds`, 1, 2 ** 31 - 1),
    // A container lives or is dead: there is no second opinion.
    ...(isDecisive && successes !== 1
      ? [invalidValue(`${field}.successThreshold`, successes, 'must be 1')]
      : []),
  ];
}
