/** The declared types as JSON schemas, in the dialects of OpenAPI 2 and 3. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { kindOf, type Resource } from '../resource.ts';
import type { Field, Scalar, TypeDeclaration, TypeExpression } from '../schema/declare.ts';
import { typeNamed } from '../schema/types.ts';
import { isAtomicMap, isAtomicType, listTypeOf } from './topology.ts';

export interface Dialect {
  /** `#/definitions/`, `#/components/schemas/`. */
  readonly referencePrefix: string;
  readonly scalars: Readonly<Partial<Record<Scalar, JsonObject>>>;
  /** A reference with a description beside it. */
  describeReference(description: JsonObject, reference: JsonObject): JsonObject;
}

export const version2: Dialect = {
  referencePrefix: '#/definitions/',
  scalars: {
    quantity: { type: 'string' },
    intOrString: { type: 'string', format: 'int-or-string' },
  },
  describeReference: (description, reference) => ({ ...description, ...reference }),
};

export const version3: Dialect = {
  referencePrefix: '#/components/schemas/',
  scalars: {
    quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  // A reference has no room for a description beside it: upstream wraps it the same way.
  describeReference: (description, reference) => ({
    ...description,
    allOf: [reference],
    default: {},
  }),
};

const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** The schemas that these resources need, by name. */
export function schemasOf(resources: readonly Resource[], dialect: Dialect): JsonObject {
  const schemas = new Map<string, JsonObject>([[`${metaPackage}.Status`, statusSchema]]);
  const kinds = Map.groupBy(resources, ({ schema }) => schema);
  const add = (name: string): void => {
    if (schemas.has(name)) return;
    const type = typeNamed(name);
    schemas.set(name, schemaOf(type, kinds.get(name) ?? [], dialect));
    for (const { type: expression } of type.fields.values()) {
      const reference = referenceOf(expression);
      if (reference !== undefined) add(reference);
    }
  };
  add(`${metaPackage}.ListMeta`);
  add(`${metaPackage}.DeleteOptions`);

  for (const resource of resources) {
    add(resource.schema);
    if (resource.verbs.includes('list')) {
      schemas.set(`${resource.schema}List`, listSchema(resource, dialect));
    }
  }
  return Object.fromEntries([...schemas].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function schemaOf(
  type: TypeDeclaration,
  resources: readonly Resource[],
  dialect: Dialect,
): JsonObject {
  const fields = [...type.fields.values()];
  const required = fields.filter((field) => field.isRequired).map((field) => field.name);
  const properties = fields.map((field) => [field.name, propertyOf(type, field, dialect)] as const);
  return {
    description: type.description,
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(properties),
    ...(resources.length > 0
      ? { 'x-kubernetes-group-version-kind': resources.map((resource) => kindOf(resource)) }
      : {}),
    ...(isAtomicType(type.name) ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

function propertyOf(owner: TypeDeclaration, field: Field, dialect: Dialect): JsonObject {
  const { description, mergeKey, strategies } = field;
  const described = description === '' ? {} : { description };
  const expression = expressionOf(field.type, dialect);
  const list = field.type.is === 'list' ? listTypeOf(owner, field) : undefined;
  return {
    ...(field.type.is === 'reference'
      ? dialect.describeReference(described, expression)
      : { ...described, ...expression }),
    ...(strategies.length > 0 ? { 'x-kubernetes-patch-strategy': strategies.join(',') } : {}),
    ...(mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': mergeKey }),
    ...(list === undefined ? {} : { 'x-kubernetes-list-type': list.type }),
    ...(list?.type === 'map' ? { 'x-kubernetes-list-map-keys': list.keys } : {}),
    ...(isAtomicMap(owner, field) ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

function expressionOf(type: TypeExpression, dialect: Dialect): JsonObject {
  switch (type.is) {
    case 'reference':
      return { $ref: `${dialect.referencePrefix}${type.type}` };
    case 'list':
      return { type: 'array', items: expressionOf(type.of, dialect) };
    case 'map':
      return { type: 'object', additionalProperties: expressionOf(type.of, dialect) };
    case 'scalar':
      return dialect.scalars[type.scalar] ?? scalarSchemas[type.scalar];
  }
}

const scalarSchemas: Readonly<Record<Scalar, JsonObject>> = {
  string: { type: 'string' },
  int: { type: 'integer', format: 'int32' },
  long: { type: 'integer', format: 'int64' },
  bool: { type: 'boolean' },
  number: { type: 'number', format: 'double' },
  quantity: { type: 'string' },
  intOrString: { type: 'string' },
  time: { type: 'string', format: 'date-time' },
  microTime: { type: 'string', format: 'date-time' },
  bytes: { type: 'string', format: 'byte' },
  any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

function listSchema(resource: Resource, dialect: Dialect): JsonObject {
  const { referencePrefix } = dialect;
  return {
    description: `A list of objects of the kind ${resource.kind}.`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { type: 'string' },
      items: { type: 'array', items: { $ref: `${referencePrefix}${resource.schema}` } },
      kind: { type: 'string' },
      metadata: { $ref: `${referencePrefix}${metaPackage}.ListMeta` },
    },
    'x-kubernetes-group-version-kind': [kindOf(resource, 'List')],
  };
}

/** What errors, and most deletions, are answered with. */
const statusSchema: JsonObject = {
  description: 'What became of a request that gives back no object.',
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    code: { type: 'integer', format: 'int32', description: 'The HTTP status.' },
    details: { type: 'object', description: 'What it is about, and the causes.' },
    kind: { type: 'string' },
    message: { type: 'string', description: 'For people.' },
    metadata: { type: 'object' },
    reason: { type: 'string', description: 'For machines: why it failed.' },
    status: { type: 'string', description: 'Success or Failure.' },
  },
  'x-kubernetes-group-version-kind': [{ group: '', kind: 'Status', version: 'v1' }],
};

function referenceOf(type: TypeExpression): string | undefined {
  if (type.is === 'reference') return type.type;
  return type.is === 'scalar' ? undefined : referenceOf(type.of);
}
