/** Tables: what `kubectl get` prints, made by the server (`as=Table;v=v1;g=meta.k8s.io`). */
import type { Json, JsonObject } from '../../proxies/kit/api/json.ts';
import type { ApiObject } from './api-object.ts';
import { headerOf } from '../../proxies/kit/http/server-exchange.ts';
import type { Exchange } from './exchange.ts';
import { objectOf, withKind, type ApiEntry } from './registry.ts';
import type { Resource } from './resource.ts';
import { badRequest } from './status.ts';

export interface TableRequest {
  readonly version: 'v1' | 'v1beta1';
  readonly includeObject: 'None' | 'Metadata' | 'Object';
}

/** Whether a table is asked for: the first media range that we can serve decides. */
export function readTableRequest({
  request,
  info,
}: Pick<Exchange, 'request' | 'info'>): TableRequest | undefined {
  for (const range of headerOf(request, 'accept').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const as = new Map(parameters.map((parameter) => splitAtEquals(parameter)));
    const isJson = type === 'application/json' || type === '*/*' || type === 'application/yaml';
    if (!isJson) continue;
    if (!as.has('as')) return undefined;
    const version = as.get('v');
    if (as.get('as') !== 'Table' || as.get('g') !== 'meta.k8s.io') continue;
    if (version !== 'v1' && version !== 'v1beta1') continue;
    return { version, includeObject: readIncludeObject(info.query) };
  }
  return undefined;
}

/** A table of these entries; `isHeadless` for the events of a watch after the first. */
export function createTable(
  resource: Resource,
  entries: readonly ApiEntry[],
  request: TableRequest,
  metadata: JsonObject,
  isHeadless = false,
): JsonObject {
  const now = new Date();
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${request.version}`,
    metadata,
    columnDefinitions: isHeadless ? null : columnDefinitions(resource),
    rows: entries.map((entry) => {
      const object = objectOf(entry);
      return {
        cells: resource.columns.map((column) => column.cell(object, now)),
        ...includedObject(resource, object, request),
      };
    }),
  };
}

function columnDefinitions(resource: Resource): Json {
  return resource.columns.map(({ name, type, format = '', description, priority = 0 }) => ({
    name,
    type: type === 'date' ? 'string' : type,
    format,
    description,
    priority,
  }));
}

function includedObject(
  resource: Resource,
  object: ApiObject,
  { version, includeObject }: TableRequest,
): { readonly object?: JsonObject } {
  switch (includeObject) {
    case 'None':
      return {};
    case 'Object':
      return { object: withKind(resource, object) };
    case 'Metadata':
      return {
        object: {
          kind: 'PartialObjectMetadata',
          apiVersion: `meta.k8s.io/${version}`,
          metadata: object.metadata,
        },
      };
  }
}

function readIncludeObject(query: URLSearchParams): TableRequest['includeObject'] {
  const value = query.get('includeObject') ?? '';
  switch (value) {
    case '':
      return 'Metadata';
    case 'None':
    case 'Metadata':
    case 'Object':
      return value;
    default:
      throw badRequest(`Invalid value: "${value}": must be 'Metadata', 'Object', 'None', or empty`);
  }
}

function splitAtEquals(parameter: string): readonly [string, string] {
  const mark = parameter.indexOf('=');
  return mark === -1 ? [parameter, ''] : [parameter.slice(0, mark), parameter.slice(mark + 1)];
}
