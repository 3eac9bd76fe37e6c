/** One line for a request, as kube-apiserver writes it from `--v=3` on. */
import { withoutSecrets, type AuditRecord } from '../../kit/apiserver/audit-trail.ts';
import { headerOf } from '../../kit/http/server-exchange.ts';
import { klogLine } from '../../kit/klog.ts';

export function accessLine(
  { id, request, receivedAt, user, sourceAddress }: AuditRecord,
  code: number,
): string {
  const fields: Readonly<Record<string, string>> = {
    verb: request.method ?? '',
    URI: withoutSecrets(request.url ?? ''),
    latency: `${Date.now() - receivedAt.getTime()}ms`,
    userAgent: headerOf(request, 'user-agent'),
    'audit-ID': id,
    user: user?.name ?? '',
    srcIP: sourceAddress,
  };
  const text = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return klogLine('I', 'httplog.go:134', `"HTTP" ${text.join(' ')} resp=${code}`);
}
