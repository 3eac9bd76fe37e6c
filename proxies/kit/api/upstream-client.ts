/**
 * The API of a cluster that a kubeconfig names: whatever its credentials are, and through whatever proxy. Over
 * HTTP/1.1, which every server and every load balancer in front of one speaks.
 */
import type { ClientRequestArgs, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { Agent, request as sendRequest } from '../http/node-http.ts';
import type { Upstream } from '../upstream.ts';
import { patchMediaTypes, type ApiClient, type KubeObject } from './api-client.ts';
import { ApiError, UnreachableError } from './errors.ts';
import { answerTimeoutMs, insisting, readStatus, targetOf, type ApiRequest } from './exchange.ts';
import { readEvent, splitLines } from './follow.ts';
import { messageOf } from './link.ts';

export interface UpstreamClient extends ApiClient {
  /** Whether the last attempt to reach the apiserver succeeded; undefined before the first. */
  readonly isReachable: boolean | undefined;
}

export interface UpstreamClientOptions {
  readonly userAgent: string;
}

/** As many connections as answers are waited for; idle ones are kept for a while. */
const idleMs = 60_000;
const mostIdle = 16;

export function createUpstreamClient(
  upstream: Upstream,
  { userAgent }: UpstreamClientOptions,
): UpstreamClient {
  const stop = new AbortController();
  let pool = createPool(upstream, stop.signal);
  let isReachable: boolean | undefined;

  /** Resolves with the answer's head. @throws UnreachableError, or the signal's reason */
  const open = async ({ method, path, options, body, mediaType }: ApiRequest) => {
    const signal = AbortSignal.any([stop.signal, ...(options?.signal ? [options.signal] : [])]);
    const headers = await headersOf(
      upstream,
      userAgent,
      body === undefined ? undefined : mediaType,
    );
    if (pool.generation !== upstream.generation) {
      retire(pool);
      pool = createPool(upstream, stop.signal);
    }
    const target = upstream.server.path + targetOf(path, options?.query);
    const sent = sendRequest({ agent: pool.agent, method, path: target, headers, signal });
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    let isOut = false;
    sent.once('socket', () => {
      isOut = true;
    });
    sent.once('response', (response) => {
      isReachable = true;
      resolve(response);
    });
    sent.once('error', (cause) => {
      if (signal.aborted) {
        reject(reasonOf(signal));
        return;
      }
      isReachable = false;
      // A connection that was kept may have been ended by the server: it has seen nothing then.
      reject(new UnreachableError(messageOf(cause), isOut && !sent.reusedSocket, cause));
    });
    sent.end(body);
    return promise;
  };

  const readAnswer = async (request: ApiRequest): Promise<string> => {
    const late = AbortSignal.timeout(answerTimeoutMs);
    const given = request.options?.signal;
    const signal = given ? AbortSignal.any([given, late]) : late;
    try {
      const response = await open({ ...request, options: { ...request.options, signal } });
      const text = await readText(response);
      const { statusCode: status = 0 } = response;
      if (status === 401) upstream.credentialsRefused();
      if (status < 200 || status > 299) throw new ApiError(status, readStatus(text, status));
      return text;
    } catch (error) {
      if (error instanceof ApiError || error instanceof UnreachableError) throw error;
      given?.throwIfAborted();
      isReachable = false;
      const why = late.aborted ? `no answer within ${answerTimeoutMs / 1000} s` : messageOf(error);
      throw new UnreachableError(why, true, error);
    }
  };

  const ask = async <T>(
    method: ApiRequest['method'],
    path: string,
    options: ApiRequest['options'],
    object?: object,
    mediaType = 'application/json',
  ): Promise<T> => {
    const body = object && JSON.stringify(object);
    const request: ApiRequest = { method, path, options, body, mediaType };
    // The border: what the server sends is what its API says.
    return JSON.parse(await insisting(request, () => readAnswer(request))) as T;
  };

  const watch: ApiClient['watch'] = async (path, options, onEvent) => {
    const { resourceVersion, signal } = options;
    const query = { ...options.query, watch: 1, resourceVersion };
    // A server that says nothing more, and does not end the watch when it should, is gone.
    using late = createDeadline(answerTimeoutMs);
    const signals = [late.signal, ...(signal ? [signal] : [])];
    try {
      const asked = { ...options, query, signal: AbortSignal.any(signals) };
      const response = await open({ method: 'GET', path, options: asked });
      const { statusCode: status = 0 } = response;
      const { timeoutSeconds } = options.query ?? {};
      late.set(
        timeoutSeconds === undefined ? undefined : Number(timeoutSeconds) * 1000 + answerTimeoutMs,
      );
      if (status !== 200) throw new ApiError(status, readStatus(await readText(response), status));
      const lines = splitLines((line) => onEvent(readEvent(line)));
      for await (const chunk of response) lines(chunk as Buffer);
    } catch (error) {
      if (error instanceof ApiError || error instanceof UnreachableError) throw error;
      signal?.throwIfAborted();
      isReachable = false;
      throw new UnreachableError(messageOf(error), true, error);
    }
  };

  return {
    get isReachable() {
      return isReachable;
    },
    get: (path, options) => ask('GET', path, options),
    create: (path, object, options) => ask('POST', path, options, object),
    update: (path, object, options) => ask('PUT', path, options, object),
    patch: <T extends object = KubeObject>(
      ...[path, type, patch, options]: Parameters<ApiClient['patch']>
    ) => ask<T>('PATCH', path, options, patch, patchMediaTypes[type]),
    delete: (path, body, options) => ask('DELETE', path, options, body),
    watch,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      pool.agent.destroy();
      await Promise.resolve();
    },
  };
}

interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Counts anew; undefined: not any more. */
  set(ms: number | undefined): void;
}

function createDeadline(firstMs: number): Deadline {
  const over = new AbortController();
  const end = () => over.abort(new Error('no answer in time'));
  let timer: NodeJS.Timeout | undefined = setTimeout(end, firstMs);
  const set = (ms: number | undefined) => {
    clearTimeout(timer);
    timer = ms === undefined ? undefined : setTimeout(end, ms);
  };
  return { signal: over.signal, set, [Symbol.dispose]: () => set(undefined) };
}

/** The connections of one client certificate. */
interface Pool {
  readonly agent: InstanceType<typeof Agent>;
  readonly generation: number;
}

function createPool(upstream: Upstream, signal: AbortSignal): Pool {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: mostIdle, timeout: idleMs });
  agent.createConnection = (
    _: ClientRequestArgs,
    onConnected?: (error: Error | null, stream: Duplex) => void,
  ) => {
    upstream.connect({ signal }).then(
      (socket) => onConnected?.(null, socket),
      // The border: with an error nobody looks at the stream.
      (error: unknown) => onConnected?.(error as Error, undefined as never),
    );
    return undefined;
  };
  return { agent, generation: upstream.generation };
}

/** Its answers still come; nobody else asks over its connections. */
function retire({ agent }: Pool): void {
  agent.maxFreeSockets = 0;
  for (const socket of Object.values(agent.freeSockets).flatMap((list) => list ?? [])) {
    socket.destroy();
  }
}

async function headersOf(
  upstream: Upstream,
  userAgent: string,
  mediaType: string | undefined,
): Promise<Record<string, string | string[]>> {
  const lines = await upstream.credentials({ hasAuthorization: false, hasImpersonateUser: false });
  const added = new Map<string, string[]>();
  for (const [name, value] of lines) added.set(name, [...(added.get(name) ?? []), value]);
  return {
    ...Object.fromEntries(added),
    Host: upstream.server.authority,
    Accept: 'application/json',
    'User-Agent': userAgent,
    ...(mediaType === undefined ? {} : { 'Content-Type': mediaType }),
  };
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}
