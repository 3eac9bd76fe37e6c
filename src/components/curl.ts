/** An example as a command that a reader can paste. */
import type { Descriptor, HttpExample, HttpExampleRequest } from '../../proxies/descriptor.ts';
import { pagesDoorOrigin } from '../pages-door.ts';
import { origin } from './origin.ts';
import { quote } from './quote.ts';

type HttpRequest = Extract<HttpExampleRequest, { protocol: 'http' }>;
type ProxyFacts = Pick<Descriptor, 'flags' | 'stretches'>;

/**
 * Through a proxy that speaks HTTPS, or passes it on, the reader brings the rest: `$APISERVER`, `$TOKEN` and `ca.crt`.
 *
 * @example curl({ request: { method: 'GET', path: '/version', … } }, kubectlProxy)
 * // 'curl http://127.0.0.1:8001/version'
 */
export function curl(example: HttpExample, proxy: ProxyFacts): string {
  const { request } = example;
  const isOfApiserver = isSecure(proxy) && !isThroughDoor(request);
  const at = isThroughDoor(request) ? pagesDoorOrigin : origin(proxy);
  const url = isOfApiserver
    ? `"$APISERVER${escapeInQuotes(request.path)}"`
    : quote(`${at}${request.path}`);
  const options = [
    ...(isOfApiserver ? credentialOptions(request) : []),
    ...(request.protocol === 'http' ? httpOptions(example, request) : webSocketOptions(request)),
  ];
  const oneLine = ['curl', ...options, url].join(' ');
  return oneLine.length <= 96 ? oneLine : [`curl ${url}`, ...options].join(' \\\n  ');
}

/** The same with `kubectl`, which knows where the apiserver is and who you are; null where it cannot. */
export function kubectl({ request }: HttpExample, proxy: ProxyFacts): string | null {
  if (!isSecure(proxy) || request.protocol !== 'http' || isThroughDoor(request)) return null;
  const { method, path, headers, body, as } = request;
  // It has no option for headers, but the one that every stream of events asks for does no harm.
  const isPlain = Object.keys(headers).every((name) => name === 'Accept') && body === undefined;
  return method === 'GET' && isPlain && as !== 'nobody' ? `kubectl get --raw ${quote(path)}` : null;
}

function isSecure({ stretches }: ProxyFacts): boolean {
  const [first] = stretches;
  return first?.tls === 'required' || first?.tls === 'passed-through';
}

function isThroughDoor(request: HttpExampleRequest): boolean {
  return request.protocol === 'http' && request.service !== undefined;
}

function credentialOptions({ as }: HttpExampleRequest): string[] {
  const token = '-H "Authorization: Bearer $TOKEN"';
  return ['--cacert ca.crt', ...(as === 'nobody' ? [] : [token])];
}

function httpOptions({ streamMs }: HttpExample, { method, headers, body }: HttpRequest): string[] {
  return [
    ...(streamMs === undefined ? [] : ['-N']),
    ...methodOption(method, body !== undefined),
    ...headerOptions(headers),
    ...(body === undefined ? [] : [`-d ${quote(body)}`]),
  ];
}

/** The handshake (RFC 6455, section 4.1); curl shows what comes, and sends no messages. */
function webSocketOptions({
  headers,
  subprotocols,
}: Extract<HttpExampleRequest, { protocol: 'websocket' }>): string[] {
  return [
    '-i -N --http1.1',
    ...headerOptions({
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'aG9wIGJ5IGhvcCBieSBobw==',
      ...(subprotocols.length > 0 && { 'Sec-WebSocket-Protocol': subprotocols.join(', ') }),
      ...headers,
    }),
  ];
}

function headerOptions(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
}

function methodOption(method: HttpRequest['method'], hasBody: boolean): string[] {
  if (method === 'GET' || (method === 'POST' && hasBody)) return [];
  return [method === 'HEAD' ? '-I' : `-X ${method}`];
}

/** Inside double quotes, where a variable stands, too. */
function escapeInQuotes(text: string): string {
  return text.replace(/["$`\\]/g, String.raw`\$&`);
}
