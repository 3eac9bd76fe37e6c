/**
 * OpenAPI 2: one document for everything. `kubectl` reads it up to 1.26 for `explain` and `--validate`,
 * and as protobuf, see `protobuf-v2.ts`.
 */
import type { Resource } from '../resource.ts';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { gitVersion } from '../version.ts';
import { operationsOf, parameterTypes, patchTypes, type Operation } from './operations.ts';
import { schemasOf, version2 } from './schemas.ts';

export interface Parameter extends JsonObject {
  readonly name: string;
  readonly in: 'query' | 'path' | 'body';
}

export interface OperationObject extends JsonObject {
  readonly description: string;
  readonly operationId: string;
  readonly produces: readonly string[];
  readonly consumes: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<string, JsonObject>>;
}

export interface PathItem extends JsonObject {
  readonly parameters?: readonly Parameter[];
}

export interface DocumentV2 extends JsonObject {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly definitions: JsonObject;
}

/** The document of all resources; `groupVersions` by their path, as `apis/apps/v1`. */
export function createDocumentV2(
  groupVersions: ReadonlyMap<string, readonly Resource[]>,
): DocumentV2 {
  const operations = [...groupVersions].flatMap(([path, resources]) =>
    operationsOf(`/${path}`, resources),
  );
  const paths = [...Map.groupBy(operations, ({ path }) => path)].map(
    ([path, ofPath]) =>
      [
        path,
        {
          ...Object.fromEntries(ofPath.map((one) => [one.method, describe(one)])),
          ...pathParameters(path),
        },
      ] as const,
  );
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: gitVersion },
    paths: Object.fromEntries(paths),
    definitions: schemasOf([...groupVersions.values()].flat(), version2),
  };
}

const objectTypes = ['application/json', 'application/yaml'];

function describe(operation: Operation): OperationObject {
  const { schema, answers, query, takes } = operation;
  return {
    description: operation.description,
    operationId: operation.id,
    produces: schema === undefined ? ['*/*'] : objectTypes,
    consumes: takes === 'patch' ? [...patchTypes] : ['*/*'],
    parameters: [...query.map(queryParameter), ...bodyParameter(takes, schema)],
    responses: {
      '200': {
        description: 'OK',
        ...(answers === undefined || schema === undefined ? {} : { schema: reference(answers) }),
      },
    },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.kind,
  };
}

function queryParameter(name: string): Parameter {
  return { name, in: 'query', type: parameterTypes[name] ?? 'string' };
}

function bodyParameter(
  takes: Operation['takes'],
  schema: string | undefined,
): readonly Parameter[] {
  switch (takes) {
    case 'nothing':
      return [];
    case 'object':
      if (schema === undefined) return [];
      return [{ name: 'body', in: 'body', required: true, schema: reference(schema) }];
    case 'options':
      return [
        {
          name: 'body',
          in: 'body',
          schema: reference('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'),
        },
      ];
    case 'patch':
      return [{ name: 'body', in: 'body', required: true, schema: { type: 'object' } }];
  }
}

function pathParameters(path: string): PathItem {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']): Parameter => ({
    name,
    in: 'path',
    required: true,
    type: 'string',
  }));
  return parameters.length === 0 ? {} : { parameters };
}

function reference(schema: string): JsonObject {
  return { $ref: `${version2.referencePrefix}${schema}` };
}
