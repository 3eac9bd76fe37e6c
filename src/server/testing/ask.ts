/** A plain HTTP client for tests: any method, any raw target, any header, over a real socket. */
import { request, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export async function ask(
  port: number,
  target: string,
  { method = 'GET', headers = {}, body }: Question = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path: target,
    method,
    headers,
    agent: false,
  });
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    text(response).then((received) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received });
    }, reject);
  });
  outgoing.end(body);
  return promise;
}
