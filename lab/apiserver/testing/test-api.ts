/** The resources of an apiserver without its listener: for tests of what requests come to. */
import { createMemoryStore } from '../../store/memory-store.ts';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import type { ApiObject } from '../api-object.ts';
import { alwaysAllow, uniteAuthorizers } from '../authorization.ts';
import type { HttpRequest, HttpResponse } from '../../../proxies/kit/http/server-exchange.ts';
import type { ApiStore } from '../registry.ts';
import { createKubelets } from '../kubelet/kubelets.ts';
import { readRequest } from '../../../proxies/kit/apiserver/request-info.ts';
import { JsonText } from '../../../proxies/kit/apiserver/respond.ts';
import { route } from '../route.ts';
import { readSettings, type SettingsFlags } from '../settings.ts';
import { StatusError } from '../status.ts';

export interface TestApi {
  readonly store: ApiStore;
  /** Sends a request as a user who may do everything. */
  send(
    method: string,
    path: string,
    body?: JsonObject | readonly JsonObject[],
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestReply>;
  /** Creates what must be creatable. */
  create(path: string, body: JsonObject): Promise<ApiObject>;
}

export interface TestReply {
  readonly status: number;
  readonly json: JsonObject;
  /** Headers that were set beside those of the reply. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Resources over a store: one of its own with the namespace `default`, or one that is shared. */
export async function createTestApi(
  flags: SettingsFlags = {},
  shared?: ApiStore,
): Promise<TestApi> {
  const store = shared ?? createMemoryStore<ApiObject>();
  const options = {
    store,
    settings: readSettings({ disableAdmissionPlugins: ['ServiceAccount'], ...flags }),
    authorizer: uniteAuthorizers([alwaysAllow]),
  };
  const api: TestApi = {
    store,
    send: async (method, path, body, sent = {}) => {
      const headers: Record<string, string> = {};
      const request = requestOf(method, path, body, sent);
      const exchange = {
        request,
        response: responseOf(headers),
        info: readRequest(method, path),
        user: { name: 'test', groups: ['system:masters'] },
        kubelets: createKubelets(undefined),
        signal: new AbortController().signal,
      };
      try {
        const reply = await route(exchange, options);
        return { status: reply?.status ?? 0, json: jsonOf(reply?.body ?? {}), headers };
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        return { status: error.code, json: error.toStatus(), headers };
      }
    },
    create: async (path, body) => {
      const { status, json } = await api.send('POST', path, body);
      if (status !== 201) throw new Error(JSON.stringify(json));
      // What was created has metadata.
      return json as ApiObject;
    },
  };
  if (!shared) await api.create('/api/v1/namespaces', { metadata: { name: 'default' } });
  return api;
}

function requestOf(
  method: string,
  url: string,
  body: JsonObject | readonly JsonObject[] | undefined,
  headers: Readonly<Record<string, string>>,
): HttpRequest {
  const text = body === undefined ? '' : JSON.stringify(body);
  return {
    method,
    url,
    httpVersion: '1.1',
    headers: {
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(text.length) }),
      ...headers,
    },
    rawHeaders: [],
    socket: undefined,
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(text);
    },
  };
}

function responseOf(headers: Record<string, string>): HttpResponse {
  return {
    headersSent: false,
    statusCode: 200,
    setHeader: (name, value) => {
      headers[name.toLowerCase()] = String(value);
    },
    writeHead: () => undefined,
    write: () => true,
    end: () => undefined,
    once: () => undefined,
    destroy: () => undefined,
  };
}

function jsonOf(body: JsonObject | JsonText): JsonObject {
  return body instanceof JsonText ? (JSON.parse(body.text) as JsonObject) : body;
}
