/** OpenAPI v3, made from the resource table and the declared types: one document per group version. */
import { createHash } from 'node:crypto';
import type { JsonObject } from './api-object.ts';
import { pathsOf } from './openapi-paths.ts';
import { resourceTable } from './resource-table.ts';
import { kindOf, type Resource } from './resource.ts';
import type { Field, Scalar, TypeDeclaration, TypeExpression } from './schema/declare.ts';
import { typeNamed } from './schema/types.ts';
import { gitVersion } from './version.ts';

export interface OpenapiDocument {
  readonly text: string;
  readonly hash: string;
}

let documents: ReadonlyMap<string, OpenapiDocument> | undefined;

/** The documents by path: `api/v1`, `apis/apps/v1`. Made at the first request. */
export function openapiDocuments(): ReadonlyMap<string, OpenapiDocument> {
  documents ??= new Map(
    [...Map.groupBy(resourceTable, groupVersionPath)].map(([path, resources]) => {
      const text = JSON.stringify(documentOf(path, resources));
      return [path, { text, hash: createHash('sha256').update(text).digest('hex').toUpperCase() }];
    }),
  );
  return documents;
}

/** `/openapi/v3`: where each document is. */
export function openapiIndex(): JsonObject {
  const paths = [...openapiDocuments()].map(([path, { hash }]) => [
    path,
    { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` },
  ]);
  return { paths: Object.fromEntries(paths) as JsonObject };
}

function groupVersionPath({ group, version }: Resource): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function documentOf(path: string, resources: readonly Resource[]): JsonObject {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: gitVersion },
    paths: pathsOf(`/${path}`, resources),
    components: { schemas: schemasOf(resources) },
  };
}

function schemasOf(resources: readonly Resource[]): JsonObject {
  const schemas = new Map<string, JsonObject>();
  const add = (name: string): void => {
    if (schemas.has(name)) return;
    const type = typeNamed(name);
    schemas.set(name, {});
    for (const { type: expression } of type.fields.values()) {
      const reference = referenceOf(expression);
      if (reference !== undefined) add(reference);
    }
    schemas.set(name, schemaOf(type, resources));
  };
  const listMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';
  add(listMeta);
  add('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');
  for (const resource of resources) {
    add(resource.schema);
    schemas.set(`${resource.schema}List`, {
      description: `A list of objects of the kind ${resource.kind}.`,
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: { type: 'string' },
        items: { type: 'array', items: { $ref: `#/components/schemas/${resource.schema}` } },
        kind: { type: 'string' },
        metadata: { $ref: `#/components/schemas/${listMeta}` },
      },
      'x-kubernetes-group-version-kind': [kindOf(resource, 'List')],
    });
  }
  return Object.fromEntries([...schemas].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function schemaOf(type: TypeDeclaration, resources: readonly Resource[]): JsonObject {
  const fields = [...type.fields.values()];
  const required = fields.filter((field) => field.isRequired).map((field) => field.name);
  const kinds = resources.filter((resource) => resource.schema === type.name);
  return {
    description: type.description,
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(fields.map((field) => [field.name, propertyOf(field)])),
    ...(kinds.length > 0
      ? { 'x-kubernetes-group-version-kind': kinds.map((resource) => kindOf(resource)) }
      : {}),
  };
}

function propertyOf(field: Field): JsonObject {
  const { description, mergeKey, strategies } = field;
  const described = description === '' ? {} : { description };
  // A reference has no room for a description beside it: upstream wraps it the same way.
  const schema =
    field.type.is === 'reference'
      ? { ...described, allOf: [expressionOf(field.type)], default: {} }
      : { ...described, ...expressionOf(field.type) };
  return {
    ...schema,
    ...(strategies.length > 0 ? { 'x-kubernetes-patch-strategy': strategies.join(',') } : {}),
    ...(mergeKey === undefined
      ? {}
      : {
          'x-kubernetes-patch-merge-key': mergeKey,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': [mergeKey],
        }),
  };
}

function expressionOf(type: TypeExpression): JsonObject {
  switch (type.is) {
    case 'reference':
      return { $ref: `#/components/schemas/${type.type}` };
    case 'list':
      return { type: 'array', items: expressionOf(type.of) };
    case 'map':
      return { type: 'object', additionalProperties: expressionOf(type.of) };
    case 'scalar':
      return scalarSchemas[type.scalar];
  }
}

const scalarSchemas: Readonly<Record<Scalar, JsonObject>> = {
  string: { type: 'string' },
  int: { type: 'integer', format: 'int32' },
  long: { type: 'integer', format: 'int64' },
  bool: { type: 'boolean' },
  number: { type: 'number', format: 'double' },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  time: { type: 'string', format: 'date-time' },
  microTime: { type: 'string', format: 'date-time' },
  bytes: { type: 'string', format: 'byte' },
  any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

function referenceOf(type: TypeExpression): string | undefined {
  if (type.is === 'reference') return type.type;
  return type.is === 'scalar' ? undefined : referenceOf(type.of);
}
