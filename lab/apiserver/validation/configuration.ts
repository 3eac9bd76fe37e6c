/** ConfigMaps and Secrets: their keys, their size, and what may not change. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, objectAt, textAt, type ApiObject } from '../api-object.ts';
import { forbiddenField, invalidValue, required, tooLong } from '../field-errors.ts';
import type { Cause } from '../status.ts';
import { problemsOf } from './names.ts';

/** Upstream's `MaxSecretSize`, and that of ConfigMaps. */
const mostBytes = 1024 * 1024;

export function validateConfigMap(map: ApiObject): readonly Cause[] {
  const [data, binary] = [objectAt(map, 'data'), objectAt(map, 'binaryData')];
  const both = Object.keys(data).filter((key) => key in binary);
  return [
    ...checkKeys(data, 'data'),
    ...both.map((key) => {
      const detail = 'duplicate of key present in binaryData';
      return invalidValue(`data[${key}]`, key, detail);
    }),
    ...checkKeys(binary, 'binaryData'),
    ...(sizeOf(data) + decodedSizeOf(binary) > mostBytes ? [tooLong('', mostBytes)] : []),
  ];
}

/** What a Secret of a type must have: keys, and annotations. */
const demands: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};
const accountType = 'kubernetes.io/service-account-token';
const accountAnnotation = 'kubernetes.io/service-account.name';

export function validateSecret(secret: ApiObject): readonly Cause[] {
  const data = objectAt(secret, 'data');
  const type = textAt(secret, 'type');
  const lacksAccount =
    type === accountType && (secret.metadata.annotations?.[accountAnnotation] ?? '') === '';
  const lacksUser = type === 'kubernetes.io/basic-auth' && !data.username && !data.password;
  return [
    ...checkKeys(data, 'data'),
    ...(decodedSizeOf(data) > mostBytes ? [tooLong('data', mostBytes)] : []),
    ...(lacksAccount ? [required(`metadata.annotations[${accountAnnotation}]`)] : []),
    ...(lacksUser ? [required('data[username]'), required('data[password]')] : []),
    ...(demands[type] ?? []).filter((key) => !(key in data)).map((key) => required(`data[${key}]`)),
    ...checkDockerConfig(data),
  ];
}

function checkDockerConfig(data: JsonObject): readonly Cause[] {
  return ['.dockercfg', '.dockerconfigjson']
    .filter((key) => typeof data[key] === 'string' && !isJson(textAt(data, key)))
    .map((key) => invalidValue(`data[${key}]`, '<secret contents redacted>', 'invalid character'));
}

function isJson(base64: string): boolean {
  try {
    JSON.parse(Buffer.from(base64, 'base64').toString());
    return true;
  } catch {
    return false;
  }
}

function checkKeys(data: Readonly<Record<string, unknown>>, field: string): readonly Cause[] {
  return Object.keys(data).flatMap((key) =>
    keyProblems(key).map((detail) => invalidValue(`${field}[${key}]`, key, detail)),
  );
}

function keyProblems(key: string): readonly string[] {
  return [
    ...problemsOf(key, 'configKey'),
    ...(key === '.' ? ["must not be '.'"] : []),
    ...(key.startsWith('..') ? ["must not start with '..'"] : []),
  ];
}

function sizeOf(data: Readonly<Record<string, unknown>>): number {
  const bytes = Object.values(data).map((value) => Buffer.byteLength(String(value)));
  return bytes.reduce((sum, size) => sum + size, 0);
}

function decodedSizeOf(data: Readonly<Record<string, unknown>>): number {
  const bytes = Object.values(data).map((value) => Buffer.byteLength(String(value), 'base64'));
  return bytes.reduce((sum, size) => sum + size, 0);
}

export function keepImmutable(object: ApiObject, old: ApiObject): readonly Cause[] {
  if (at(old, 'immutable') !== true) return [];
  const isSame = (field: string) =>
    JSON.stringify(at(object, field)) === JSON.stringify(at(old, field));
  return ['immutable', 'data', 'binaryData']
    .filter((field) => !isSame(field))
    .map((field) => forbiddenField(field, 'field is immutable when `immutable` is set'));
}
