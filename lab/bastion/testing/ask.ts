/** Asks a bastion, as a client that keeps no connection. */
import { once } from 'node:events';
import { request as sendPlainly } from 'node:http';
import { request as sendSecurely, type RequestOptions } from 'node:https';
import { text as readText } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Asked extends Pick<RequestOptions, 'ca' | 'cert' | 'key'> {
  readonly port: number;
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly isPlain?: boolean;
}

export async function ask(path: string, asked: Asked): Promise<Answer> {
  const { token, headers, body, isPlain = false, ...options } = asked;
  const send = isPlain ? sendPlainly : sendSecurely;
  const sent = send({
    ...options,
    host: '127.0.0.1',
    path,
    agent: false,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: await readText(response),
  };
}
