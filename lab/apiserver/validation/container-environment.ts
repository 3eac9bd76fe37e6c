/** Environment variables of containers, and where their values come from. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, isObject, listAt, textAt } from '../api-object.ts';
import { invalidValue, notSupported, required } from '../field-errors.ts';
import type { Cause } from '../status.ts';
import { checkName } from './names.ts';

export function validateEnvironment(container: Json, field: string): readonly Cause[] {
  return [
    ...listAt(container, 'env').flatMap((variable, index) =>
      validateVariable(variable, `${field}.env[${index}]`),
    ),
    ...listAt(container, 'envFrom').flatMap((source, index) =>
      validateSource(source, `${field}.envFrom[${index}]`),
    ),
  ];
}

function validateVariable(variable: Json, field: string): readonly Cause[] {
  const name = textAt(variable, 'name');
  return [
    ...(name === ''
      ? [required(`${field}.name`)]
      : checkName(name, 'environmentName', `${field}.name`)),
    ...validateValueFrom(variable, `${field}.valueFrom`),
  ];
}

const fieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

type Check = (source: Json, field: string) => readonly Cause[];

const checkKey: Check = (source, field) => [
  ...(textAt(source, 'name') === '' ? [required(`${field}.name`)] : []),
  ...(textAt(source, 'key') === ''
    ? [required(`${field}.key`)]
    : checkName(textAt(source, 'key'), 'configKey', `${field}.key`)),
];

const sources: Readonly<Record<string, Check>> = {
  fieldRef: (source, field) => {
    const path = textAt(source, 'fieldPath');
    if (path === '') return [required(`${field}.fieldPath`)];
    const isKnown =
      fieldPaths.includes(path) || /^metadata\.(annotations|labels)\['[^']+'\]$/.test(path);
    return isKnown ? [] : [notSupported(`${field}.fieldPath`, path, fieldPaths)];
  },
  resourceFieldRef: (source, field) =>
    textAt(source, 'resource') === '' ? [required(`${field}.resource`)] : [],
  configMapKeyRef: checkKey,
  secretKeyRef: checkKey,
};

function validateValueFrom(variable: Json, field: string): readonly Cause[] {
  const from = at(variable, 'valueFrom');
  if (!isObject(from)) return [];
  const given = Object.keys(sources).filter((name) => from[name] !== undefined);
  return [
    ...given.flatMap((name) => sources[name]?.(from[name] ?? null, `${field}.${name}`) ?? []),
    ...(given.length === 0
      ? [
          invalidValue(
            field,
            '',
            'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
          ),
        ]
      : []),
    ...(given.length > 0 && textAt(variable, 'value') !== ''
      ? [invalidValue(field, '', 'may not be specified when `value` is not empty')]
      : []),
    ...(given.length > 1
      ? [invalidValue(field, '', 'may not have more than one field specified at a time')]
      : []),
  ];
}

function validateSource(source: Json, field: string): readonly Cause[] {
  const given = ['configMapRef', 'secretRef'].filter((name) => at(source, name) !== undefined);
  const prefix = textAt(source, 'prefix');
  return [
    ...(prefix === '' ? [] : checkName(prefix, 'environmentName', `${field}.prefix`)),
    ...given.flatMap((name) =>
      textAt(source, name, 'name') === '' ? [required(`${field}.${name}.name`)] : [],
    ),
    ...(given.length === 0
      ? [invalidValue(field, '', 'must specify one of: `configMapRef` or `secretRef`')]
      : []),
    ...(given.length > 1
      ? [invalidValue(field, '', 'may not have more than one field specified at a time')]
      : []),
  ];
}
