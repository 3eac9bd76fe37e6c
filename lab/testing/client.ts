/** A client for tests: the lab's administrator or a token, over HTTPS with the lab's own authority. */
import { readFile } from 'node:fs/promises';
import { Agent, request, type RequestOptions } from 'node:https';
import { parse } from 'yaml';
import * as z from 'zod';
import type { JsonObject } from '../../proxies/kit/api/json.ts';

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON. */
  readonly json: JsonObject;
}

export interface TestClient {
  send(
    method: string,
    path: string,
    body?: JsonObject | readonly JsonObject[] | string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestAnswer>;
}

const kubeconfigSchema = z.object({
  clusters: z.tuple([
    z.object({
      cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }),
    }),
  ]),
  users: z.tuple([
    z.object({
      user: z.object({
        token: z.string().optional(),
        'client-certificate-data': z.string().optional(),
        'client-key-data': z.string().optional(),
      }),
    }),
  ]),
});

/** A client with the credentials of a kubeconfig; `token` replaces them, an empty one is nobody. */
export async function createTestClient(
  kubeconfigPath: string,
  token?: string,
): Promise<TestClient> {
  const config = kubeconfigSchema.parse(parse(await readFile(kubeconfigPath, 'utf8')));
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const bearer = token ?? user.token ?? '';
  const decode = (text: string | undefined) =>
    token === undefined && text !== undefined ? Buffer.from(text, 'base64') : undefined;
  const cert = decode(user['client-certificate-data']);
  const key = decode(user['client-key-data']);
  const tls: RequestOptions = {
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
    ...(cert && key ? { cert, key } : {}),
    agent: new Agent({ keepAlive: true }),
  };
  return {
    send: (method, path, body, headers = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<TestAnswer>();
      const sent = request(`${cluster.server}${path}`, {
        ...tls,
        method,
        headers: {
          ...(bearer === '' ? {} : { Authorization: `Bearer ${bearer}` }),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
      });
      sent.once('error', reject);
      sent.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            get json() {
              return JSON.parse(text) as JsonObject;
            },
          });
        });
      });
      sent.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
      return promise;
    },
  };
}
