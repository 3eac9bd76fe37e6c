/** The spec of a pod or of a template of pods (upstream: `ValidatePodSpec`). */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, listAt, objectAt, textAt } from '../api-object.ts';
import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { Cause } from '../status.ts';
import { validateContainer, validateInitContainer } from './containers.ts';
import { checkLabels, checkName, checkQualifiedName } from './names.ts';
import { checkBetween, checkNotNegative } from './numbers.ts';
import { validateVolumes } from './volumes.ts';

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

export function validatePodSpec(spec: Json, field: string): readonly Cause[] {
  const restartPolicy = textAt(spec, 'restartPolicy');
  const dnsPolicy = textAt(spec, 'dnsPolicy');
  return [
    ...validateVolumes(spec, field),
    ...validateAllContainers(spec, field),
    ...(restartPolicies.includes(restartPolicy)
      ? []
      : [notSupported(`${field}.restartPolicy`, restartPolicy, restartPolicies)]),
    ...(dnsPolicies.includes(dnsPolicy)
      ? []
      : [notSupported(`${field}.dnsPolicy`, dnsPolicy, dnsPolicies)]),
    ...checkLabels(objectAt(spec, 'nodeSelector'), `${field}.nodeSelector`),
    ...names.flatMap(({ name, format }) => {
      const text = textAt(spec, name);
      return text === '' ? [] : checkName(text, format, `${field}.${name}`);
    }),
    ...checkBetween(
      at(spec, 'activeDeadlineSeconds'),
      `${field}.activeDeadlineSeconds`,
      1,
      2 ** 31 - 1,
    ),
    ...checkNotNegative(
      at(spec, 'terminationGracePeriodSeconds'),
      `${field}.terminationGracePeriodSeconds`,
    ),
    ...listAt(spec, 'tolerations').flatMap((toleration, index) =>
      validateToleration(toleration, `${field}.tolerations[${index}]`),
    ),
    ...listAt(spec, 'readinessGates').flatMap((gate, index) =>
      checkQualifiedName(
        textAt(gate, 'conditionType'),
        `${field}.readinessGates[${index}].conditionType`,
      ),
    ),
    ...listAt(spec, 'topologySpreadConstraints').flatMap((constraint, index) =>
      validateSpread(constraint, `${field}.topologySpreadConstraints[${index}]`),
    ),
  ];
}

const names = [
  { name: 'serviceAccountName', format: 'subdomain' },
  { name: 'nodeName', format: 'subdomain' },
  { name: 'hostname', format: 'label' },
  { name: 'subdomain', format: 'label' },
  { name: 'priorityClassName', format: 'subdomain' },
] as const;

function validateAllContainers(spec: Json, field: string): readonly Cause[] {
  const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;
  const volumes = new Set(listAt(spec, 'volumes').map((volume) => textAt(volume, 'name')));
  const isHostNetwork = at(spec, 'hostNetwork') === true;
  const seen: string[] = [];
  const causes = lists.flatMap((list) =>
    listAt(spec, list).flatMap((container, index) => {
      const here = `${field}.${list}[${index}]`;
      const context = { volumes, isHostNetwork, names: [...seen] };
      seen.push(textAt(container, 'name'));
      return [
        ...validateContainer(container, here, context),
        ...(list === 'initContainers' ? validateInitContainer(container, here) : []),
        ...(list === 'containers' && at(container, 'restartPolicy') !== undefined
          ? [forbiddenField(`${here}.restartPolicy`, 'may not be set for non-init containers')]
          : []),
      ];
    }),
  );
  return [
    ...(listAt(spec, 'containers').length === 0 ? [required(`${field}.containers`)] : []),
    ...causes,
  ];
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function validateToleration(toleration: Json, field: string): readonly Cause[] {
  const [key, value] = [textAt(toleration, 'key'), textAt(toleration, 'value')];
  const [operator, effect] = [textAt(toleration, 'operator'), textAt(toleration, 'effect')];
  return [
    ...(key === '' ? [] : checkQualifiedName(key, `${field}.key`)),
    ...(key === '' && operator !== 'Exists'
      ? [
          invalidValue(
            `${field}.operator`,
            operator,
            'operator must be Exists when `key` is empty, which means "match all values and all keys"',
          ),
        ]
      : []),
    ...(at(toleration, 'tolerationSeconds') !== undefined && effect !== 'NoExecute'
      ? [
          invalidValue(
            `${field}.effect`,
            effect,
            "effect must be 'NoExecute' when `tolerationSeconds` is set",
          ),
        ]
      : []),
    ...(['', 'Equal', 'Exists'].includes(operator)
      ? []
      : [notSupported(`${field}.operator`, operator, ['Equal', 'Exists'])]),
    ...(operator === 'Exists' && value !== ''
      ? [
          invalidValue(
            `${field}.operator`,
            { key, operator, value },
            "value must be empty when `operator` is 'Exists'",
          ),
        ]
      : []),
    ...(effect === '' || effects.includes(effect)
      ? []
      : [notSupported(`${field}.effect`, effect, effects)]),
  ];
}

const unsatisfied = ['DoNotSchedule', 'ScheduleAnyway'];

function validateSpread(constraint: Json, field: string): readonly Cause[] {
  const skew = at(constraint, 'maxSkew');
  const action = textAt(constraint, 'whenUnsatisfiable');
  return [
    ...(typeof skew === 'number' && skew <= 0
      ? [invalidValue(`${field}.maxSkew`, skew, 'must be greater than zero')]
      : []),
    ...(textAt(constraint, 'topologyKey') === ''
      ? [required(`${field}.topologyKey`, 'can not be empty')]
      : []),
    ...(unsatisfied.includes(action)
      ? []
      : [notSupported(`${field}.whenUnsatisfiable`, action, unsatisfied)]),
  ];
}
