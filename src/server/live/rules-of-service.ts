/** Which elements and chains of the table one Service causes, in the order in which a packet meets them. */
import { collectionFacts } from '../../../proxies/kube-proxy/nftables/layout-facts.ts';
import type { RuleGroup } from '../../shown-rules.ts';
import type { ListedElement, ListedTable } from './nft-listing.ts';

/** @param service `shop/catalog`: its addresses bear it as their comment. */
export function rulesOfService(table: ListedTable, service: string): RuleGroup[] {
  const isOwn = isOfService(table, service);
  const groups: RuleGroup[] = [];
  const shown = new Set<string>();
  const show = (chain: string) => {
    const rules = table.chains.get(chain);
    if (!rules || shown.has(chain)) return;
    shown.add(chain);
    groups.push({ name: chain, lines: [...rules] });
    rules.flatMap(chainsIn).forEach(show);
  };
  for (const { name } of collectionFacts) {
    const own = (table.collections.get(name) ?? []).filter((element) => isOwn(name, element));
    if (own.length === 0) continue;
    groups.push({ name, lines: own.map(written).sort(byNumbers.compare) });
    own.flatMap(({ data }) => chainsIn(data ?? '')).forEach(show);
  }
  return groups;
}

/** The kernel has them in an order of its own. */
const byNumbers = new Intl.Collator('en', { numeric: true });

type IsOwn = (collection: string, element: ListedElement) => boolean;

/** By its comment, or by an address, an id or an endpoint that leads there. */
function isOfService({ collections }: ListedTable, service: string): IsOwn {
  const all = [...collections].flatMap(([name, elements]) =>
    elements.map((element) => ({ name, ...element })),
  );
  const frontends = new Set(
    all
      .filter(({ comment }) => comment === service || comment.startsWith(`${service}:`))
      .map(({ key }) => key),
  );
  const addresses = new Set([...frontends].flatMap((key) => hostIn(key) ?? []));
  const endpoints = all.filter(({ name, key }) => frontends.has(frontendOfEndpoint(name, key)));
  const ids = new Set(
    all
      .filter(({ name, key }) => name.endsWith('affinity-ids') && frontends.has(key))
      .map(({ data }) => data),
  );
  const hairpins = new Set(
    endpoints.map(({ name, data }) => {
      const [host = '', port = ''] = (data ?? '').split(' . ');
      return `${host} . ${host} . ${name.split('-')[0] ?? ''} . ${port}`;
    }),
  );
  return (collection, { key }) => {
    switch (collection) {
      case 'cluster-ips':
        return addresses.has(key);
      case 'firewall-allowed':
        return frontends.has(key.slice(0, key.lastIndexOf(' . ')));
      case 'affinity-timeouts':
        return ids.has(key);
      case 'affinity':
      case 'affinity-ports':
        return ids.has(key.split(' ')[2] ?? '');
      case 'hairpin-connections':
        return hairpins.has(key);
      default:
        return frontends.has(key) || frontends.has(frontendOfEndpoint(collection, key));
    }
  };
}

/**
 * Of the key of an endpoint, the frontend it belongs to; nothing of other keys.
 *
 * @example frontendOfEndpoint('tcp-endpoints', '10.96.0.10 . 80 . 2') // '10.96.0.10 . tcp . 80'
 */
function frontendOfEndpoint(collection: string, key: string): string {
  const [, protocol, nodePort] = /^(tcp|udp|sctp)-(nodeport-)?endpoints$/.exec(collection) ?? [];
  if (protocol === undefined) return '';
  const [first = '', second = ''] = key.split(' . ');
  return nodePort === undefined ? `${first} . ${protocol} . ${second}` : `${protocol} . ${first}`;
}

/** Of the key of an address; a NodePort has none. */
function hostIn(key: string): string | null {
  const parts = key.split(' . ');
  return parts.length === 3 ? (parts[0] ?? null) : null;
}

function chainsIn(text: string): string[] {
  return [...text.matchAll(/\b(?:goto|jump) (\S+)/g)].flatMap(([, chain]) => chain ?? []);
}

function written({ key, data, comment }: ListedElement): string {
  return `${key}${comment === '' ? '' : ` comment "${comment}"`}${data === null ? '' : ` : ${data}`}`;
}
