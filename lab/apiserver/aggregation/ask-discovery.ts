/** Asks an aggregated API server what it serves: how it is known to be there, and what discovery shows. */
import { text } from 'node:stream/consumers';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { request } from '../../../proxies/kit/http/node-http.ts';
import { goAddress } from '../../../proxies/kit/kubeconfig/dial.ts';
import { createTlsClient } from '../../../proxies/kit/kubeconfig/tls-client.ts';
import { isObject, listAt } from '../api-object.ts';
import type { ApiService } from './api-service.ts';
import type { Endpoint } from './backends.ts';
import { userHeaders } from './user-headers.ts';

const timeoutMs = 5_000;
const asker = { name: 'system:kube-aggregator', groups: ['system:masters'] };

/**
 * The resources of its group and version. As upstream, its certificate is not looked at here: a wrong one
 * is told to those who ask for more.
 *
 * @throws Error in upstream's words where it does not answer as it should.
 */
export async function askDiscovery(
  { group, version, tls }: ApiService,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const path = `/apis/${group}/${version}`;
  const url = `https://${goAddress(endpoint.host, endpoint.port)}${path}`;
  try {
    const { status, body } = await get(path, endpoint, tls.client, signal).catch(
      (error: unknown) => {
        throw new Error(`Get "${url}": ${textOf(error)}`, { cause: error });
      },
    );
    if (status < 200 || status > 299) throw new Error(`bad status from ${url}: ${status}`);
    return readResources(body);
  } catch (error) {
    const message = `failing or missing response from ${url}: ${textOf(error)}`;
    throw new Error(message, { cause: error });
  }
}

async function get(
  path: string,
  { host, port }: Endpoint,
  client: ApiService['tls']['client'],
  closing: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]);
  const trust = { ca: null, isInsecure: true, serverName: '' };
  const pair = client && {
    certificate: Buffer.from(client.certificate),
    key: Buffer.from(client.key),
  };
  const socket = await createTlsClient(host, trust, pair ?? null).connect(port, { signal });
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const named = Object.entries(userHeaders(asker)).filter(([, values]) => values.length > 0);
  const sent = request({
    createConnection: () => socket,
    path,
    signal,
    headers: {
      Host: goAddress(host, port),
      Accept: 'application/json',
      Connection: 'close',
      ...Object.fromEntries(named.map(([name, values]) => [name, [...values]])),
    },
  });
  sent.once('error', reject);
  sent.once('response', (response) => {
    text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
  });
  sent.end();
  return promise.finally(() => socket.destroy());
}

/** What is no list of resources has none: its status alone says that the server is there. */
function readResources(body: string): readonly JsonObject[] {
  try {
    return listAt(JSON.parse(body) as JsonObject, 'resources').filter(isObject);
  } catch {
    return [];
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
