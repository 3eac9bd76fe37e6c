/** Upstream's `DenyServiceExternalIPs`, in the namespaces of visitors: who names an address draws its traffic. */
import { listAt, type ApiObject } from './api-object.ts';
import { privilegedGroup } from './authorization.ts';
import type { Call } from './handlers/call.ts';
import { forbidden } from './status.ts';

const visitorPrefix = 'visitor-';

/** @throws StatusError 403 where a Service would have an external address that it has not had. */
export function denyExternalIps(
  { info, user, resource }: Call,
  service: ApiObject | undefined,
  old: ApiObject | undefined,
): void {
  if (!info.namespace.startsWith(visitorPrefix) || user.groups.includes(privilegedGroup)) return;
  const had = new Set(listAt(old, 'spec', 'externalIPs'));
  if (listAt(service, 'spec', 'externalIPs').every((address) => had.has(address))) return;
  const message = 'Use of external IPs is denied by admission control.';
  throw forbidden(message, resource, service?.metadata.name);
}
