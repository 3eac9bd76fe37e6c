/** The objects of `lab/manifests`, made through the API as any client would. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import type { ApiClient, KubeObject } from '../proxies/kit/api/api-client.ts';
import { ApiError, isRefusal } from '../proxies/kit/api/errors.ts';
import { clusterDnsOf, isolatedPlace, type LabPlace } from './topology.ts';

/** An object as a manifest has it. */
export interface ManifestObject extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
}

interface ApiResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

const isolatedDns = clusterDnsOf(isolatedPlace);
const folder = new URL('manifests/', import.meta.url);
const retryMs = 100;
/** Whatever was still being made is there after so long, or will never be. */
const settleMs = 2000;

/** In the order in which they are to be made; the cluster's DNS is where the lab's Services are. */
export async function readManifests(place: LabPlace): Promise<readonly ManifestObject[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  // The border: these files are ours, and tested.
  return texts.flatMap((text) =>
    [...parseAllDocuments(text.replace(isolatedDns, clusterDnsOf(place)))].map(
      (document) => document.toJS() as ManifestObject,
    ),
  );
}

/**
 * Makes those that are not there; the others stay as somebody left them.
 *
 * @throws ApiError when an object is wrong; the signal's reason when it is aborted before.
 */
export async function applyManifests(
  client: ApiClient,
  objects: readonly ManifestObject[],
  signal: AbortSignal,
): Promise<void> {
  const collectionOf = createCollections(client, signal);
  const make = async (object: ManifestObject) => {
    const collection = await collectionOf(object);
    const settledAt = performance.now() + settleMs;
    await patiently(signal, async () => {
      await client.create(collection, object, { signal }).catch(async (error: unknown) => {
        if (isRefusal(error, 'AlreadyExists')) return;
        // A Service that is there already is refused because its own address is taken.
        if (!isRefusal(error, 'Invalid')) throw error;
        await client
          .get(`${collection}/${object.metadata.name}`, { signal })
          .catch((absence: unknown) => {
            // Or it is about to be there: the connection broke while it was being made.
            throw performance.now() < settledAt ? absence : error;
          });
      });
    });
  };
  const stages = ['Namespace', 'ServiceAccount'];
  for (const stage of stages)
    await Promise.all(objects.filter(({ kind }) => kind === stage).map(make));
  await Promise.all(objects.filter(({ kind }) => !stages.includes(kind)).map(make));
}

/** Where objects of a kind are, as discovery tells it. */
function createCollections(client: ApiClient, signal: AbortSignal) {
  const lists = new Map<string, Promise<ApiResourceList>>();
  const listOf = (base: string) => {
    const list = lists.get(base) ?? patiently(signal, () => client.get(base, { signal }));
    lists.set(base, list);
    return list;
  };
  return async ({ apiVersion, kind, metadata }: ManifestObject): Promise<string> => {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { resources } = await listOf(base);
    const found = resources.find(({ kind: known, name }) => known === kind && !name.includes('/'));
    if (!found) throw new Error(`${apiVersion} has no ${kind}.`);
    if (!found.namespaced) return `${base}/${found.name}`;
    return `${base}/namespaces/${metadata.namespace ?? 'default'}/${found.name}`;
  };
}

/** Until it succeeds: at the start, what it needs may be on its way. */
async function patiently<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ApiError && isLasting(error)) throw error;
      await pause(retryMs, undefined, { signal });
    }
  }
}

/** 403: roles, or a service account that a pod needs. 404: a namespace. */
function isLasting({ code }: ApiError): boolean {
  return code >= 400 && code < 500 && ![403, 404, 409, 429].includes(code);
}
