/**
 * For tests: an apiserver's lists and watches over HTTP/1.1, as a real one plays them: pages, bookmarks,
 * revisions that are too old, watches that break off. What happens, and when, is the test's to say.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type { KubeObject } from '../api/api-client.ts';
import { keyOf } from '../api/watch-cache.ts';
import type { Credential } from '../pki/authority.ts';

export interface ScriptedApiserver extends AsyncDisposable {
  /** `http://127.0.0.1:40001` */
  readonly url: string;
  /** `GET /api/v1/services?limit=500`, in the order in which they came. */
  readonly requests: readonly string[];
  /** What was posted, with the path. */
  readonly posted: readonly { readonly path: string; readonly object: KubeObject }[];
  /** Makes an object, or changes it; watches are told. A revision that it has counts, if it is a later one. */
  put(collection: string, object: KubeObject): void;
  remove(collection: string, key: string): void;
  /** Tells all watches how far the history has come. */
  bookmark(): void;
  /** Forgets the history: who watches from an earlier revision is told 410. */
  compact(): void;
  /** Breaks all connections off: what happens at once after it is missed by all watches. */
  disconnect(): void;
  /** From now on answers requests for a path with this status; 0: as before. */
  refuse(collection: string, status: number): void;
  /** Resolves when so many watches of a collection are open. */
  untilWatched(collection: string, watches?: number): Promise<void>;
}

export interface ScriptedApiserverOptions {
  /** The most items of a page, whatever is asked for. */
  readonly pageSize?: number;
  /** It speaks TLS, and shows this certificate. */
  readonly credential?: Credential;
}

interface Entry {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly collection: string;
  readonly object: KubeObject;
}

interface Watch {
  readonly collection: string;
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
}

export async function startScriptedApiserver(
  options: ScriptedApiserverOptions = {},
): Promise<ScriptedApiserver> {
  const { pageSize = 500, credential } = options;
  const objects = new Map<string, Map<string, KubeObject>>();
  const refused = new Map<string, number>();
  const watches = new Set<Watch>();
  const waiting = new Set<() => void>();
  const requests: string[] = [];
  const posted: { path: string; object: KubeObject }[] = [];
  let history: Entry[] = [];
  let revision = 100;
  let compacted = 0;

  const collectionOf = (path: string) => {
    const known = objects.get(path) ?? new Map<string, KubeObject>();
    objects.set(path, known);
    return known;
  };
  const record = (collection: string, type: Entry['type'], object: KubeObject) => {
    const entry = { revision, type, collection, object };
    history.push(entry);
    for (const watch of watches) if (watch.collection === collection) tell(watch, entry);
  };

  const list = (path: string, query: URLSearchParams, response: ServerResponse) => {
    const all = [...collectionOf(path).values()].filter((object) => matches(object, query));
    const from = Number(query.get('continue') ?? 0);
    const size = Math.min(Number(query.get('limit') ?? pageSize), pageSize);
    const isMore = from + size < all.length;
    const metadata = {
      resourceVersion: String(revision),
      ...(isMore && { continue: String(from + size) }),
    };
    answer(response, 200, { kind: 'List', metadata, items: all.slice(from, from + size) });
  };
  const watch = (path: string, query: URLSearchParams, response: ServerResponse) => {
    const from = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    if (from < compacted) {
      const message = `too old resource version: ${from} (${compacted})`;
      const object = { kind: 'Status', status: 'Failure', message, reason: 'Expired', code: 410 };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      return;
    }
    const one = { collection: path, query, response };
    for (const entry of history) {
      if (entry.collection === path && entry.revision > from) tell(one, entry);
    }
    watches.add(one);
    response.once('close', () => watches.delete(one));
    for (const look of waiting) look();
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/' } = request;
    requests.push(`${method} ${url}`);
    const { pathname: path, searchParams: query } = new URL(url, 'http://apiserver');
    const status = refused.get(path);
    if (status) {
      answer(response, status, { kind: 'Status', status: 'Failure', code: status, message: 'no' });
    } else if (method === 'POST') {
      const object = JSON.parse(await readText(request)) as KubeObject;
      posted.push({ path, object });
      answer(response, 201, object);
      for (const look of waiting) look();
    } else if (query.has('watch')) {
      watch(path, query, response);
    } else {
      list(path, query, response);
    }
  };

  const answerAll = (request: IncomingMessage, response: ServerResponse) =>
    void serve(request, response);
  const server = credential
    ? createHttpsServer({ cert: credential.certificatePem, key: credential.keyPem }, answerAll)
    : createServer(answerAll);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `${credential ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    posted,
    put: (collection, object) => {
      const known = collectionOf(collection);
      const key = keyOf(object);
      const isThere = known.has(key);
      const { metadata } = object;
      revision = Math.max(revision + 1, Number(metadata.resourceVersion ?? 0));
      const uid = known.get(key)?.metadata.uid ?? `uid-${revision}`;
      const written = {
        ...object,
        metadata: { uid, ...metadata, resourceVersion: String(revision) },
      };
      known.set(key, written);
      record(collection, isThere ? 'MODIFIED' : 'ADDED', written);
    },
    remove: (collection, key) => {
      const object = collectionOf(collection).get(key);
      if (!object) throw new Error(`${collection} has no ${key}`);
      collectionOf(collection).delete(key);
      revision += 1;
      const metadata = { ...object.metadata, resourceVersion: String(revision) };
      record(collection, 'DELETED', { ...object, metadata });
    },
    bookmark: () => {
      const object = { metadata: { name: '', resourceVersion: String(revision) } };
      for (const { response } of watches) write(response, 'BOOKMARK', object);
    },
    compact: () => {
      revision += 1;
      compacted = revision;
      history = [];
    },
    disconnect: () => {
      watches.clear();
      server.closeAllConnections();
    },
    refuse: (collection, status) => void refused.set(collection, status),
    untilWatched: async (collection, count = 1) => {
      const isWatched = () =>
        [...watches].filter((one) => one.collection === collection).length >= count;
      if (isWatched()) return;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const look = () => {
        if (isWatched()) resolve(undefined);
      };
      waiting.add(look);
      await promise;
      waiting.delete(look);
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function tell({ query, response }: Watch, { type, object }: Entry): void {
  if (matches(object, query)) write(response, type, object);
  // One that no longer matches goes, for who selects.
  else if (type === 'MODIFIED') write(response, 'DELETED', object);
}

function write(response: ServerResponse, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Selectors as kube-proxy uses them: labels that must not be there, and a name. */
function matches({ metadata }: KubeObject, query: URLSearchParams): boolean {
  const absent = (query.get('labelSelector') ?? '').split(',').filter((text) => text !== '');
  const name = /^metadata\.name=(.+)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  return (
    absent.every((text) => metadata.labels?.[text.slice(1)] === undefined) &&
    (name === undefined || name === metadata.name)
  );
}
