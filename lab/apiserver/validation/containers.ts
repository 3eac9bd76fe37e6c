/** Containers of a pod: names, images, ports, and what the other files here check. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, listAt, numberAt, textAt } from '../api-object.ts';
import {
  duplicate,
  forbiddenField,
  invalidForEach,
  invalidValue,
  notSupported,
  required,
} from '../field-errors.ts';
import type { Cause } from '../status.ts';
import { invalidIp } from './addresses.ts';
import { validateEnvironment } from './container-environment.ts';
import { checkName, portNameProblems, portNumberProblems } from './names.ts';
import { validateProbes } from './probes.ts';
import { validateResources } from './resource-requirements.ts';
import { protocols } from './service-ports.ts';
import { validateMounts } from './volumes.ts';

/** What containers of a pod share. */
export interface PodContext {
  readonly volumes: ReadonlySet<string>;
  readonly isHostNetwork: boolean;
  /** The names of the containers before, of any kind. */
  readonly names: readonly string[];
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const messagePolicies = ['File', 'FallbackToLogsOnError'];

export function validateContainer(
  container: Json,
  field: string,
  { volumes, isHostNetwork, names }: PodContext,
): readonly Cause[] {
  const name = textAt(container, 'name');
  const image = textAt(container, 'image');
  const pull = textAt(container, 'imagePullPolicy');
  const message = textAt(container, 'terminationMessagePolicy');
  return [
    ...(name === '' ? [required(`${field}.name`)] : checkName(name, 'label', `${field}.name`)),
    ...(name !== '' && names.includes(name) ? [duplicate(`${field}.name`, name)] : []),
    ...(image === '' ? [required(`${field}.image`)] : []),
    ...(image === image.trim()
      ? []
      : [invalidValue(`${field}.image`, image, 'must not have leading or trailing whitespace')]),
    ...(pullPolicies.includes(pull)
      ? []
      : [notSupported(`${field}.imagePullPolicy`, pull, pullPolicies)]),
    ...(messagePolicies.includes(message)
      ? []
      : [
          invalidValue(
            `${field}.terminationMessagePolicy`,
            message,
            "must be 'File' or 'FallbackToLogsOnError'",
          ),
        ]),
    ...validateContainerPorts(container, `${field}.ports`, isHostNetwork),
    ...validateEnvironment(container, field),
    ...validateMounts(container, field, volumes),
    ...validateProbes(container, field),
    ...validateResources(container, field),
  ];
}

function validateContainerPorts(
  container: Json,
  field: string,
  isHostNetwork: boolean,
): readonly Cause[] {
  const ports = listAt(container, 'ports');
  const names = ports.map((port) => textAt(port, 'name'));
  return ports.flatMap((port, index) => {
    const here = `${field}[${index}]`;
    const name = names[index] ?? '';
    const [number, hostPort] = [numberAt(port, 'containerPort'), numberAt(port, 'hostPort')];
    const [protocol, hostIp] = [textAt(port, 'protocol'), textAt(port, 'hostIP')];
    return [
      ...(name === '' ? [] : invalidForEach(`${here}.name`, name, portNameProblems(name))),
      ...(name !== '' && names.indexOf(name) < index ? [duplicate(`${here}.name`, name)] : []),
      ...(number === 0
        ? [required(`${here}.containerPort`)]
        : invalidForEach(`${here}.containerPort`, number, portNumberProblems(number))),
      ...(hostPort === 0
        ? []
        : invalidForEach(`${here}.hostPort`, hostPort, portNumberProblems(hostPort))),
      ...(isHostNetwork && hostPort !== number
        ? [
            invalidValue(
              `${here}.hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ]
        : []),
      ...(hostIp === '' ? [] : invalidIp(hostIp, `${here}.hostIP`)),
      ...(protocols.includes(protocol)
        ? []
        : [notSupported(`${here}.protocol`, protocol, protocols)]),
    ];
  });
}

/** Init containers that end have no life to look after. */
export function validateInitContainer(container: Json, field: string): readonly Cause[] {
  const policy = textAt(container, 'restartPolicy');
  if (policy === 'Always') return [];
  const unfit = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'];
  return [
    ...(policy === '' ? [] : [notSupported(`${field}.restartPolicy`, policy, ['Always'])]),
    ...unfit
      .filter((name) => at(container, name) !== undefined)
      .map((name) =>
        forbiddenField(
          `${field}.${name}`,
          'may not be set for init containers without restartPolicy=Always',
        ),
      ),
  ];
}
