/** Who a request manages fields as. */
import { headerOf } from '../../../proxies/kit/http/server-exchange.ts';
import type { Exchange } from '../exchange.ts';
import { apiVersionOf, type Resource } from '../resource.ts';
import type { Manager } from './managers.ts';

export const applyType = 'application/apply-patch+yaml';

/** Upstream cuts the names that it takes from user agents. */
const longestName = 128;

/** `fieldManager`, or else what the client calls itself. */
export function managerOf(
  { request, info, resource }: Pick<Exchange, 'request' | 'info'> & { readonly resource: Resource },
  operation: Manager['operation'],
): Manager {
  const [agent = ''] = headerOf(request, 'user-agent').split('/');
  const asked = info.query.get('fieldManager') ?? '';
  const name = asked === '' ? agent.slice(0, longestName) : asked;
  const { subresource } = info;
  return { name, operation, apiVersion: apiVersionOf(resource), subresource };
}
