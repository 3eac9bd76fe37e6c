/** Notices the head of an answer, whoever writes it. */
import type { HttpResponse, UpgradedConnection } from '../../proxies/kit/http/server-exchange.ts';

/**
 * Calls `tell` with the status when the answer begins. Node has no event for it.
 *
 * @returns the upgrade to hand over: what answers there is another connection
 */
export function whenBegun(
  response: HttpResponse,
  upgrade: UpgradedConnection | undefined,
  tell: (status: number) => void,
): UpgradedConnection | undefined {
  const writeHead = response.writeHead.bind(response);
  response.writeHead = (status, headers) => {
    tell(status);
    return writeHead(status, headers);
  };
  if (!upgrade) return undefined;
  const begin = (status: number) => {
    upgrade.begin(status);
    tell(status);
  };
  return { ...upgrade, begin };
}
