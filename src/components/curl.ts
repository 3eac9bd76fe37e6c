/** An example as the command a reader can paste. */
import type { Example, ExampleRequest } from '../../proxies/descriptor.ts';

type HttpExample = Extract<ExampleRequest, { protocol: 'http' }>;

/**
 * @param origin where the proxy listens, such as `http://127.0.0.1:8001`
 * @example curl({ request: { method: 'GET', path: '/version', … } }, origin)
 * // 'curl http://127.0.0.1:8001/version'
 */
export function curl({ request, streamMs }: Example, origin: string): string {
  const { path, headers } = request;
  const { method, body } = request.protocol === 'http' ? request : { method: 'GET' as const };
  const options = [
    ...(streamMs === undefined ? [] : ['-N']),
    ...methodOption(method, body !== undefined),
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quote(body)}`]),
  ];
  const [first, ...rest] = [`curl`, ...options, quote(`${origin}${path}`)];
  const oneLine = [first, ...rest].join(' ');
  return oneLine.length <= 96 ? oneLine : [`curl ${rest.at(-1) ?? ''}`, ...options].join(' \\\n  ');
}

function methodOption(method: HttpExample['method'], hasBody: boolean): string[] {
  if (method === 'GET' || (method === 'POST' && hasBody)) return [];
  return [method === 'HEAD' ? '-I' : `-X ${method}`];
}

/** Quotes what a POSIX shell would read otherwise. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
