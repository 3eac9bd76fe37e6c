/**
 * `redirects`: sends its clients elsewhere.
 *
 * `/redir-307?loc=…` answers this status with this Location, in which `HOST` stands for the request's
 * Host. `/path`, `/relative`, `/absolute`, `/scheme-relative`, `/other-host`, `/malformed` and `/loop`
 * are kinds of Location (`?code=308` chooses the status); `/chain-3` leads to `/target` in three steps. Any other path is an arrival.
 */
import { healthRoutes } from './http/health.ts';
import type { Exchange, Handler, Routes } from './http/exchange.ts';
import { send, sendText } from './http/send.ts';
import { serveHttp } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const { workload } = await serveHttp(context, {
    routes: { ...healthRoutes, ...redirectRoutes },
    otherwise: arrived,
  });
  return workload;
};

/** By name, the Location; `HOST` is the request's Host. */
const locations = {
  path: '/target?from=path#there',
  relative: 'target',
  absolute: 'http://HOST/target',
  'scheme-relative': '//HOST/target',
  'other-host': 'http://other.example/target',
  malformed: 'http://[HOST/%zz',
  loop: 'loop',
} as const;

/** The recorded backend's `/redir-<status>?loc=<Location>`: the rest of the query, whatever is in it. */
const redirectAsTold: Handler = ({ request, response, serverName }, parameter) => {
  const [, told] = /[?&]loc=(.*)$/.exec(request.url ?? '') ?? [];
  send(response, {
    status: Number(parameter),
    statusText: 'Redirect',
    headers: {
      Location: withHost(told === undefined ? '/target' : decode(told), request.headers.host),
      'Content-Type': 'text/plain',
      'X-Backend': serverName,
    },
    body: 'redirecting\n',
  });
};

const chain: Handler = (exchange, parameter) => {
  const left = Number(parameter) - 1;
  redirect(exchange, left > 0 ? `chain-${left}` : 'target');
};

/** Where they lead. */
const arrived: Handler = ({ request, response }) => {
  sendText(response, 200, `arrived at ${request.url}`);
};

export const redirectRoutes: Routes = {
  ...Object.fromEntries(
    Object.entries(locations).map(([name, location]): [string, Handler] => [
      name,
      (exchange) => redirect(exchange, location),
    ]),
  ),
  redir: redirectAsTold,
  chain,
};

function redirect({ request, response, query }: Exchange, location: string): void {
  send(response, {
    status: Number(query.get('code') ?? 302),
    headers: {
      Location: withHost(location, request.headers.host),
      'Content-Type': 'text/plain; charset=utf-8',
    },
    body: 'redirecting\n',
  });
}

function withHost(location: string, host = ''): string {
  return location.replaceAll('HOST', host);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
