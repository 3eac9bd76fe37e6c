/** As whom a request is made, and whether it may be: authentication, impersonation and authorization. */
import { refusal, type Attributes } from '../../kit/apiserver/attributes.ts';
import { readImpersonation } from '../../kit/apiserver/impersonation.ts';
import type { User } from '../../kit/apiserver/user.ts';
import type { HttpRequest } from '../../kit/http/server-exchange.ts';
import type { AccessReviewer } from './access-reviewer.ts';

/**
 * The user that a request is made as.
 *
 * @throws StatusError 403 when the sender may not act as that user, group, uid or extra
 */
export async function impersonate(
  request: HttpRequest,
  sender: User,
  review: AccessReviewer,
): Promise<User> {
  const asked = readImpersonation(request);
  if (!asked) return sender;
  for (const attributes of asked.demands) await demand(sender, attributes, review);
  return asked.user;
}

/** @throws StatusError 403 in Kubernetes' words */
export async function demand(
  user: User,
  attributes: Attributes,
  review: AccessReviewer,
): Promise<void> {
  const { verdict, reason } = await review(user, attributes);
  if (verdict !== 'allow') throw refusal(user, attributes, reason);
}
