/** The documents as they are served, made at their first request and kept. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { resourceTable } from '../resource-table.ts';
import type { Resource } from '../resource.ts';
import { createDocumentV2 } from './document-v2.ts';
import { createDocumentV3 } from './document-v3.ts';
import { encodeDocumentV2 } from './protobuf-v2.ts';

export interface OpenapiDocument {
  readonly bytes: Buffer;
  readonly hash: string;
}

const groupVersions: ReadonlyMap<string, readonly Resource[]> = Map.groupBy(
  resourceTable,
  ({ group, version }) => (group === '' ? `api/${version}` : `apis/${group}/${version}`),
);

/** Version 3, by path: `api/v1`, `apis/apps/v1`. */
export const documentsV3 = once(
  (): ReadonlyMap<string, OpenapiDocument> =>
    new Map(
      [...groupVersions].map(([path, resources]) => [
        path,
        toDocument(Buffer.from(JSON.stringify(createDocumentV3(path, resources)))),
      ]),
    ),
);

/** `/openapi/v3`: where each document is. */
export function openapiIndex(): JsonObject {
  const paths = [...documentsV3()].map(
    ([path, { hash }]) =>
      [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const,
  );
  return { paths: Object.fromEntries(paths) };
}

export const documentV2 = {
  json: once(() => toDocument(Buffer.from(JSON.stringify(createDocumentV2(groupVersions))))),
  protobuf: once(() => toDocument(encodeDocumentV2(createDocumentV2(groupVersions)))),
};

function toDocument(bytes: Buffer): OpenapiDocument {
  return { bytes, hash: createHash('sha512').update(bytes).digest('hex').toUpperCase() };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
