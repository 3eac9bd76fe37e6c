/** Volumes of pods, and where containers mount them. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { isObject, listAt, textAt } from '../api-object.ts';
import {
  duplicate,
  forbiddenField,
  invalidValue,
  notFoundValue,
  required,
} from '../field-errors.ts';
import type { Cause } from '../status.ts';
import { checkName } from './names.ts';

export function validateVolumes(spec: Json, field: string): readonly Cause[] {
  const names = listAt(spec, 'volumes').map((volume) => textAt(volume, 'name'));
  return listAt(spec, 'volumes').flatMap((volume, index) => {
    const here = `${field}.volumes[${index}]`;
    const name = names[index] ?? '';
    return [
      ...(name === '' ? [required(`${here}.name`)] : checkName(name, 'label', `${here}.name`)),
      ...(name !== '' && names.indexOf(name) < index ? [duplicate(`${here}.name`, name)] : []),
      ...validateSource(volume, here),
    ];
  });
}

const requiredFields: Readonly<Record<string, readonly string[]>> = {
  configMap: ['name'],
  secret: ['secretName'],
  hostPath: ['path'],
  persistentVolumeClaim: ['claimName'],
  nfs: ['server', 'path'],
  csi: ['driver'],
};

function validateSource(volume: Json, field: string): readonly Cause[] {
  const given = isObject(volume) ? Object.keys(volume).filter((name) => name !== 'name') : [];
  const [first, ...others] = given;
  if (first === undefined) return [required(field, 'must specify a volume type')];
  return [
    ...(requiredFields[first] ?? [])
      .filter((name) => textAt(volume, first, name) === '')
      .map((name) => required(`${field}.${first}.${name}`)),
    ...others.map((name) =>
      forbiddenField(`${field}.${name}`, 'may not specify more than 1 volume type'),
    ),
  ];
}

export function validateMounts(
  container: Json,
  field: string,
  volumes: ReadonlySet<string>,
): readonly Cause[] {
  const paths = listAt(container, 'volumeMounts').map((mount) => textAt(mount, 'mountPath'));
  return listAt(container, 'volumeMounts').flatMap((mount, index) => {
    const here = `${field}.volumeMounts[${index}]`;
    const [name, path] = [textAt(mount, 'name'), paths[index] ?? ''];
    return [
      ...(name === '' ? [required(`${here}.name`)] : []),
      ...(name !== '' && !volumes.has(name) ? [notFoundValue(`${here}.name`, name)] : []),
      ...(path === '' ? [required(`${here}.mountPath`)] : []),
      ...(path !== '' && paths.indexOf(path) < index
        ? [invalidValue(`${here}.mountPath`, path, 'must be unique')]
        : []),
      ...validateSubPath(textAt(mount, 'subPath'), `${here}.subPath`),
    ];
  });
}

function validateSubPath(path: string, field: string): readonly Cause[] {
  return [
    ...(path.startsWith('/') ? [invalidValue(field, path, 'must be a relative path')] : []),
    ...(path.split('/').includes('..') ? [invalidValue(field, path, "must not contain '..'")] : []),
  ];
}
