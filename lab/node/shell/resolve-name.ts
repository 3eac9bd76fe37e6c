/** Names as a container resolves them: /etc/hosts first, then the cluster's DNS with its search list. */
import { Resolver } from 'node:dns/promises';

export interface NameOptions {
  readonly hosts: ReadonlyMap<string, string>;
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly localAddress: string;
}

/** As /etc/resolv.conf says in pods. */
const ndots = 5;
const timeoutMs = 2000;

/** IPv4 addresses first; empty where nobody knows the name, undefined where no server answers. */
export async function resolveName(
  name: string,
  options: NameOptions,
): Promise<readonly string[] | undefined> {
  const known = options.hosts.get(name);
  if (known !== undefined) return [known];
  if (options.nameservers.length === 0) return undefined;
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  resolver.setServers([...options.nameservers]);
  if (!options.localAddress.includes(':')) resolver.setLocalAddress(options.localAddress);
  const whole = name.replace(/\.$/, '');
  const searched = options.searches.map((search) => `${whole}.${search}`);
  const isShort = !name.endsWith('.') && whole.split('.').length - 1 < ndots;
  const candidates = name.endsWith('.')
    ? [whole]
    : isShort
      ? [...searched, whole]
      : [whole, ...searched];
  for (const candidate of candidates) {
    const [four, six] = await Promise.allSettled([
      resolver.resolve4(candidate),
      resolver.resolve6(candidate),
    ]);
    const found = [four, six].flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    if (found.length > 0) return found;
    const reason: unknown = four.status === 'rejected' ? four.reason : undefined;
    const code = reason instanceof Error && 'code' in reason ? reason.code : '';
    // Where nobody answers, more questions would not help.
    if (code === 'ETIMEOUT' || code === 'ECONNREFUSED') return undefined;
  }
  return [];
}
