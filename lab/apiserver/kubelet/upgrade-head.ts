/** The head of an upgrade request as it goes on to a backend. */
import type { HttpRequest } from '../../../proxies/kit/http/server-exchange.ts';
import { connectionOf } from '../exchange.ts';

/** What was meant for the apiserver alone. */
const ownHeaders = /^(authorization|host|impersonate-.*|x-remote-.*|x-forwarded-for)$/i;

/** Method and headers stay as they came; who asked is added to `X-Forwarded-For`. */
export function upgradeHead(request: HttpRequest, path: string, host: string): string {
  const lines = [`${request.method ?? 'GET'} ${path} HTTP/1.1`, `Host: ${host}`];
  const { rawHeaders } = request;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!ownHeaders.test(name)) lines.push(`${name}: ${rawHeaders[index + 1] ?? ''}`);
  }
  const before = request.headers['x-forwarded-for'];
  const from = connectionOf(request)?.remoteAddress;
  const forwarded = [before ?? [], from ?? []].flat();
  if (forwarded.length > 0) lines.push(`X-Forwarded-For: ${forwarded.join(', ')}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
