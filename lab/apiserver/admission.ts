/** What is decided about a write once its object is known: between validation and the store. */
import type { ApiObject } from './api-object.ts';
import type { Call } from './handlers/call.ts';
import { restrictNode } from './node-restriction.ts';

/**
 * Lets a write pass. `object` is absent where it is deleted, `old` where it is created.
 *
 * @throws StatusError 403
 */
export function admit(call: Call, object: ApiObject | undefined, old: ApiObject | undefined): void {
  restrictNode(call, object, old);
  call.resource.admit?.(call, object, old);
}
