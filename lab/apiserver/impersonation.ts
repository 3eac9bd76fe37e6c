/** Acting as somebody else, for those who may. */
import { readImpersonation } from '../../proxies/kit/apiserver/impersonation.ts';
import type { HttpRequest } from '../../proxies/kit/http/server-exchange.ts';
import { refusal, type Authorizer } from './authorization.ts';
import type { User } from './exchange.ts';

/**
 * The user that a request is made as.
 *
 * @throws StatusError 403 when the sender may not act as that user, group, uid or extra.
 */
export function impersonate(request: HttpRequest, sender: User, authorizer: Authorizer): User {
  const asked = readImpersonation(request);
  if (!asked) return sender;
  for (const attributes of asked.demands) {
    const { verdict, reason } = authorizer.decide(sender, attributes);
    if (verdict !== 'allow') throw refusal(sender, attributes, reason);
  }
  return asked.user;
}
