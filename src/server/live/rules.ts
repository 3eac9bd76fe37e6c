/** `POST /live/rules/<node>/<namespace>/<service>`: what the node's kernel holds for it, as often as that changes. */
import { setTimeout as pause } from 'node:timers/promises';
import { ruleWord } from '../../rule-words.ts';
import { shownNodes, shownServices, type ShownRules } from '../../shown-rules.ts';
import { networkOf, type LabNetwork, type LiveBackend } from './backend.ts';
import { openLines, type Exchange } from './exchange.ts';
import type { RulesLine } from './lines.ts';
import { LiveError } from './live-error.ts';
import type { Translate } from './messages.ts';
import { readListing } from './nft-listing.ts';
import { rulesOfService } from './rules-of-service.ts';

/** Read again so often; a reader who stays longer asks again. */
const everyMs = 1000;
const followMs = 50_000;

/** @throws LiveError `not-here`, `unknown-node`, `unknown-service`, `no-rules` */
export async function followRules(
  backend: LiveBackend,
  path: string,
  exchange: Exchange,
): Promise<void> {
  const { signal, translate } = exchange;
  const network = networkOf(backend);
  const [node = '', ...names] = path.split('/');
  const known = shownNodes.find((name) => name === node);
  const service = shownServices.find((name) => name === names.join('/'));
  if (!known) throw new LiveError('unknown-node', { name: node });
  if (!service) throw new LiveError('unknown-service', { name: names.join('/') });
  const first = await readRules(network, known, service);
  const send = openLines(exchange);
  const endsAt = performance.now() + followMs;
  let last = '';
  for (let rules = first; ; rules = await readRules(network, known, service)) {
    const read = JSON.stringify(rules);
    if (read !== last) send(rulesLine(rules, translate));
    last = read;
    if (performance.now() > endsAt) break;
    await pause(everyMs, undefined, { signal });
  }
  exchange.response.end();
}

/** Of the lab's own commands, this one only: nothing of it comes from a request. */
const listings = { IPv4: 'ip', IPv6: 'ip6' } as const;

/** @throws LiveError `no-rules` where the node holds none, as on loopback */
export async function readRules(
  network: LabNetwork,
  node: string,
  service: string,
): Promise<ShownRules> {
  if (network.mode === 'loopback') throw new LiveError('no-rules', { node });
  const families = await Promise.all(
    (['IPv4', 'IPv6'] as const).map(async (family) => {
      const table = readListing(await listOnce(network, node, listings[family]));
      return { family, groups: rulesOfService(table, service) };
    }),
  );
  return { node, service, families };
}

interface Listing {
  readonly readAtMs: number;
  readonly text: Promise<string>;
}

/** However many readers follow, a table is listed once at a time. */
const listed = new WeakMap<LabNetwork, Map<string, Listing>>();

async function listOnce(network: LabNetwork, node: string, family: string): Promise<string> {
  const known = listed.get(network) ?? new Map<string, Listing>();
  listed.set(network, known);
  const key = `${node} ${family}`;
  const before = known.get(key);
  if (before && performance.now() - before.readAtMs < everyMs / 2) return before.text;
  const text = list(network, node, family);
  known.set(key, { readAtMs: performance.now(), text });
  text.catch(() => known.delete(key));
  return text;
}

async function list(network: LabNetwork, node: string, family: string): Promise<string> {
  const argv = ['nft', 'list', 'table', family, 'kube-proxy'];
  try {
    const { status, stdout, stderr } = await network.run(node, argv);
    if (status === 0) return stdout;
    throw new Error(stderr);
  } catch (cause) {
    throw new LiveError('no-rules', { node }, {}, cause);
  }
}

function rulesLine(rules: ShownRules, translate: Translate): RulesLine {
  const isEmpty = rules.families.every(({ groups }) => groups.length === 0);
  return {
    type: 'rules',
    families: rules.families.map(({ family, groups }) => ({
      family,
      groups: groups.map((group) => ({ ...group, what: translate(ruleWord(group.name)) })),
    })),
    ...(isEmpty && { text: translate('interface:rules.none') }),
  };
}
