/** OpenAPI 3: one document per group version. `kubectl explain` reads it from 1.27 on. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import type { Resource } from '../resource.ts';
import { gitVersion } from '../version.ts';
import { operationsOf, parameterTypes, patchTypes, type Operation } from './operations.ts';
import { schemasOf, version3 } from './schemas.ts';

/** The document of the resources of one group version; `path` is `api/v1` or `apis/apps/v1`. */
export function createDocumentV3(path: string, resources: readonly Resource[]): JsonObject {
  const byPath = Map.groupBy(operationsOf(`/${path}`, resources), (operation) => operation.path);
  const paths = [...byPath].map(
    ([name, operations]) =>
      [
        name,
        {
          ...Object.fromEntries(operations.map((one) => [one.method, describe(one)])),
          ...pathParameters(name),
        },
      ] as const,
  );
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: gitVersion },
    paths: Object.fromEntries(paths),
    components: { schemas: schemasOf(resources, version3) },
  };
}

function describe(operation: Operation): JsonObject {
  const { schema, answers, query, takes } = operation;
  return {
    description: operation.description,
    operationId: operation.id,
    ...(query.length > 0 ? { parameters: query.map(queryParameter) } : {}),
    ...(takes === 'nothing' ? {} : { requestBody: bodyOf(takes, schema) }),
    responses: {
      '200': {
        description: 'OK',
        ...(answers === undefined || schema === undefined
          ? {}
          : { content: { 'application/json': { schema: reference(answers) } } }),
      },
    },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.kind,
  };
}

function queryParameter(name: string): JsonObject {
  return { name, in: 'query', schema: { type: parameterTypes[name] ?? 'string' } };
}

function bodyOf(takes: Exclude<Operation['takes'], 'nothing'>, schema: string | undefined) {
  switch (takes) {
    case 'object':
      return {
        required: true,
        content: { '*/*': schema === undefined ? {} : { schema: reference(schema) } },
      };
    case 'options':
      return {
        content: {
          '*/*': { schema: reference('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions') },
        },
      };
    case 'patch': {
      const content = patchTypes.map((type) => [type, { schema: { type: 'object' } }] as const);
      return { required: true, content: Object.fromEntries(content) };
    }
  }
}

function pathParameters(path: string): JsonObject {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  if (names.length === 0) return {};
  const parameters = names.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return { parameters };
}

function reference(schema: string): JsonObject {
  return { $ref: `${version3.referencePrefix}${schema}` };
}
