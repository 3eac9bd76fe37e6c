/** ConfigMaps, Secrets and ServiceAccounts. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, isObject, listAt, textAt, type ApiObject } from '../api-object.ts';
import { ageColumn, column, nameColumn, textColumn } from '../columns.ts';
import { invalidValue } from '../field-errors.ts';
import { allVerbs, type Resource } from '../resource.ts';
import { keepImmutable, validateConfigMap, validateSecret } from '../validation/configuration.ts';
import { tokenSubresource } from '../tokens/token-subresource.ts';

export const configMaps: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  namespaced: true,
  verbs: allVerbs,
  shortNames: ['cm'],
  schema: 'io.k8s.api.core.v1.ConfigMap',
  columns: [
    nameColumn,
    column('Data', 'How many keys it has.', (map) => countKeys(map, 'data', 'binaryData')),
    ageColumn,
  ],
  validate: validateConfigMap,
  validateUpdate: keepImmutable,
};

export const secrets: Resource = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  verbs: allVerbs,
  schema: 'io.k8s.api.core.v1.Secret',
  selectableFields: { type: (secret) => textAt(secret, 'type') },
  columns: [
    nameColumn,
    textColumn('Type', 'What the keys mean.', ['type']),
    column('Data', 'How many keys it has.', (secret) => countKeys(secret, 'data')),
    ageColumn,
  ],
  defaults: (secret) => withEncodedText({ ...secret, type: textAt(secret, 'type') || 'Opaque' }),
  validate: validateSecret,
  validateUpdate: (secret, old) => [
    ...keepImmutable(secret, old),
    ...(textAt(secret, 'type') === textAt(old, 'type')
      ? []
      : [invalidValue('type', textAt(secret, 'type'), 'field is immutable')]),
  ],
};

export const serviceAccounts: Resource = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  namespaced: true,
  verbs: allVerbs,
  shortNames: ['sa'],
  schema: 'io.k8s.api.core.v1.ServiceAccount',
  subresources: [tokenSubresource],
  returnsDeleted: true,
  columns: [
    nameColumn,
    column('Secrets', 'How many secrets it lists.', (account) =>
      String(listAt(account, 'secrets').length),
    ),
    ageColumn,
  ],
};

function countKeys(object: ApiObject, ...fields: readonly string[]): string {
  const count = fields.reduce((sum, field) => sum + Object.keys(at(object, field) ?? {}).length, 0);
  return String(count);
}

function withEncodedText(secret: ApiObject): ApiObject {
  const { stringData, ...rest } = secret;
  if (!isObject(stringData)) return secret;
  const encoded = Object.entries(stringData).map(([key, value]): [string, Json] => [
    key,
    Buffer.from(typeof value === 'string' ? value : '').toString('base64'),
  ]);
  const data = at(secret, 'data');
  return {
    ...rest,
    metadata: secret.metadata,
    data: { ...(isObject(data) ? data : {}), ...Object.fromEntries(encoded) },
  };
}
