/** What may stand in a generated configuration. Everything else is refused: no text of a list becomes a directive. */
import { isIP } from 'node:net';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { WantedBackend } from '../backend.ts';

/** `10.0.0.11:6443`, `[fd00::11]:6443`. */
export function endpointWord(host: string, port: number): string {
  const family = /^[\da-f.:]+$/i.test(host) ? isIP(host) : 0;
  if (family === 0) refuse('an IP address', host);
  if (!Number.isInteger(port) || port < 1 || port > 65535) refuse('a port', String(port));
  return family === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A name for a backend that every program takes; by it we know it again. `fd00::11_6443` */
export function backendWord(backend: WantedBackend): string {
  endpointWord(backend.address, backend.port);
  return `${backend.address}_${backend.port}`;
}

/** The other way round: what the backend is called elsewhere. */
export function nameOfBackendWord(word: string): string {
  const end = word.lastIndexOf('_');
  return endpointWord(word.slice(0, end), Number(word.slice(end + 1)));
}

/** A DNS name. */
export function hostWord(host: string): string {
  if (!/^(?=.{1,253}$)[a-z\d_]([a-z\d_.-]*[a-z\d])?$/i.test(host)) refuse('a host name', host);
  return host;
}

/** The path of a request with its query, as RFC 3986 spells them, but for the single quote. */
export function pathWord(path: string): string {
  if (!/^\/[\w\-.~!$&()*+,;=:@%/?]*$/.test(path)) refuse('the path of a check', path);
  return path;
}

/** A file of ours. The person chose its directory, so it may hold spaces; quotes and control characters may not. */
export function fileWord(path: string): string {
  if (/["'\\$\0-\x1f\x7f]/.test(path)) refuse('a path of a configuration', path);
  return path;
}

function refuse(what: string, text: string): never {
  throw new ConfigurationError('not-in-a-configuration', `not ${what}: ${JSON.stringify(text)}`, {
    text,
  });
}
