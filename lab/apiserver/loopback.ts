/** The apiserver as a client of itself: what it writes goes the way of every other request. */
import type { JsonObject } from '../../proxies/kit/api/json.ts';
import { privilegedGroup } from './authorization.ts';
import type { HttpRequest, HttpResponse } from '../../proxies/kit/http/server-exchange.ts';
import { createKubelets } from './kubelet/kubelets.ts';
import { readRequest } from '../../proxies/kit/apiserver/request-info.ts';
import { JsonText } from '../../proxies/kit/apiserver/respond.ts';
import { route, type RouteOptions } from './route.ts';
import { StatusError } from './status.ts';

export interface Loopback {
  /** @throws StatusError */
  send(method: string, path: string, body?: JsonObject): Promise<JsonObject>;
  /** Undefined where there is none. */
  find(path: string): Promise<JsonObject | undefined>;
  /** Creates what is not there yet, and leaves what is. True where it created. */
  ensure(path: string, body: JsonObject): Promise<boolean>;
}

/** It writes objects; it asks nothing of nodes. */
const kubelets = createKubelets(undefined);
const user = { name: 'system:apiserver', groups: [privilegedGroup] };

export function createLoopback(options: RouteOptions, signal: AbortSignal): Loopback {
  const send: Loopback['send'] = async (method, path, body) => {
    const exchange = {
      request: requestOf(method, path, body),
      response: silentResponse,
      info: readRequest(method, path),
      user,
      kubelets,
      signal,
    };
    const reply = await route(exchange, options);
    const answer = reply?.body ?? {};
    return answer instanceof JsonText ? (JSON.parse(answer.text) as JsonObject) : answer;
  };
  return {
    send,
    find: (path) => send('GET', path).catch(ignore(404)),
    ensure: async (path, body) => (await send('POST', path, body).catch(ignore(409))) !== undefined,
  };
}

/** For answers that are none of an error: there already, not there. */
export function ignore(...codes: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof StatusError && codes.includes(error.code)) return undefined;
    throw error;
  };
}

function requestOf(method: string, url: string, body: JsonObject | undefined): HttpRequest {
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  return {
    method,
    url,
    httpVersion: '1.1',
    headers:
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(bytes.length) },
    rawHeaders: [],
    socket: undefined,
    async *[Symbol.asyncIterator]() {
      yield bytes;
    },
  };
}

const silentResponse: HttpResponse = {
  headersSent: false,
  setHeader: () => undefined,
  writeHead: () => undefined,
  write: () => true,
  end: () => undefined,
  once: () => undefined,
  destroy: () => undefined,
};
