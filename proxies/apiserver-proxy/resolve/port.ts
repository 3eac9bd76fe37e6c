/** The port in the id of a pod or a node: digits, as they are dialled. */
import { badRequest, unreachable } from './refusals.ts';
import type { Target } from './resolve-options.ts';

/**
 * The port to dial. A URL takes ASCII digits alone, leading zeros among them; a dialer takes what fits
 * into 16 bits.
 *
 * @throws StatusError 400 for a name, on which the real server drops the connection; 503 for a number
 *   that is no port
 */
export function readPort({ id, port }: Pick<Target, 'id' | 'port'>, kind: 'node' | 'pod'): number {
  if (!/^[0-9]+$/.test(port)) {
    throw badRequest(
      `invalid ${kind} request ${JSON.stringify(id)}: the port of a ${kind} must be a number`,
    );
  }
  const number = Number(port);
  if (number > 65535) throw unreachable(`dial tcp: address ${port}: invalid port`);
  return number;
}

/** What a scheme means where no port is given. */
export function defaultPort(scheme: 'http' | 'https'): number {
  return scheme === 'https' ? 443 : 80;
}
