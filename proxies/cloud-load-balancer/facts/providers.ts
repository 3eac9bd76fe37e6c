/** What each provider takes and writes: tables made of the profiles that the providers work by. */
import type { z } from 'zod';
import type { Source, tableSchema } from '../../descriptor.ts';
import type { Cell, ProviderProfile } from '../profile.ts';
import type { Transport } from '../service.ts';
import { profiles } from './profiles.ts';

type Table = z.input<typeof tableSchema>;

/** Protocols and the status. TCP is no column: all have it. */
export const providers: Table = {
  id: 'providers',
  columns: [
    { id: 'provider', kind: 'text' },
    { id: 'udp', kind: 'term' },
    { id: 'sctp', kind: 'term' },
    { id: 'mixed', kind: 'term' },
    { id: 'address', kind: 'term' },
    { id: 'source', kind: 'link' },
  ],
  rows: profiles.map((profile) => ({
    id: profile.id,
    cells: {
      provider: profile.title,
      udp: protocolTerm(profile, 'UDP'),
      sctp: protocolTerm(profile, 'SCTP'),
      mixed: mixedTerm(profile),
      address: addressTerm(profile),
      source: linksOf(profile, 'protocols', 'mixedProtocols', 'address', 'ipMode'),
    },
  })),
};

/** What they make of fields that clouds differ in. */
export const providerFields: Table = {
  id: 'provider-fields',
  columns: [
    { id: 'provider', kind: 'text' },
    { id: 'families', kind: 'term' },
    { id: 'loadBalancerIP', kind: 'term' },
    { id: 'affinity', kind: 'term' },
    { id: 'classes', kind: 'code' },
    { id: 'internal', kind: 'code' },
    { id: 'source', kind: 'link' },
  ],
  rows: profiles.map((profile) => ({
    id: profile.id,
    cells: {
      provider: profile.title,
      families: profile.families.value,
      loadBalancerIP: loadBalancerIPTerm(profile),
      affinity: profile.affinityRefusal ? 'fails' : 'taken',
      classes: profile.classes.value,
      internal: profile.internal?.value.keys ?? [],
      source: linksOf(profile, 'families', 'loadBalancerIP', 'classes', 'internal'),
    },
  })),
};

/** How they ask the nodes for their health: only those that do. */
export const healthChecks: Table = {
  id: 'health-checks',
  columns: [
    { id: 'provider', kind: 'text' },
    { id: 'asks', kind: 'term' },
    { id: 'interval', kind: 'text' },
    { id: 'timeout', kind: 'text' },
    { id: 'healthy', kind: 'text' },
    { id: 'unhealthy', kind: 'text' },
    { id: 'source', kind: 'link' },
  ],
  note: {
    without: profiles
      .filter(({ healthCheck }) => healthCheck.value === null)
      .map(({ title }) => title),
  },
  rows: profiles.flatMap((profile) => {
    const check = profile.healthCheck.value;
    if (check === null) return [];
    const cells = {
      provider: profile.title,
      asks: check.asks,
      interval: `${check.intervalSeconds} s`,
      timeout: `${check.timeoutSeconds} s`,
      healthy: check.healthyThreshold,
      unhealthy: check.unhealthyThreshold,
      source: linksOf(profile, 'healthCheck'),
    };
    return [{ id: profile.id, cells }];
  }),
};

/** In whose words they refuse. */
export const refusals: Table = {
  id: 'refusals',
  columns: [
    { id: 'provider', kind: 'text' },
    { id: 'asked', kind: 'term' },
    { id: 'outcome', kind: 'term' },
    { id: 'says', kind: 'code' },
    { id: 'source', kind: 'link' },
  ],
  rows: profiles.flatMap((profile) =>
    refusalsOf(profile).map(({ asked, outcome, says, cell }) => ({
      id: `${profile.id}-${asked}`,
      cells: {
        provider: profile.title,
        asked,
        outcome,
        says: says.map((words) => words.replaceAll(/\{\{\w+\}\}/g, '…')),
        source: urlsOf(cell.sources),
      },
    })),
  ),
};

function protocolTerm({ protocols, otherProtocol }: ProviderProfile, protocol: Transport): string {
  const support = protocols.value[protocol];
  return support === 'no' ? (otherProtocol?.value.how ?? 'fails') : support;
}

function mixedTerm({ mixedProtocols, mixedRefusal, protocols, otherProtocol }: ProviderProfile) {
  if (mixedProtocols.value === 'no') return mixedRefusal?.value.how ?? 'fails';
  // It takes the Service, and one of its protocols.
  if (protocols.value.UDP === 'no') return otherProtocol?.value.how ?? 'fails';
  return mixedProtocols.value;
}

function addressTerm({ address, ipMode, proxyModeAnnotation }: ProviderProfile): string {
  if (address.value !== 'ip') return address.value;
  const mode = ipMode.value.toLowerCase();
  return proxyModeAnnotation ? `ip-${mode}-or-proxy` : `ip-${mode}`;
}

function loadBalancerIPTerm(profile: ProviderProfile): string {
  if (profile.loadBalancerIPRefusal) return 'fails';
  return profile.loadBalancerIP.value ? 'heard' : 'passed-over';
}

interface RefusalRow {
  readonly asked: 'protocol' | 'mixed' | 'affinity' | 'load-balancer-ip';
  readonly outcome: 'fails' | 'fails-with-event' | 'skips' | 'skips-silently';
  readonly says: readonly string[];
  readonly cell: Cell<unknown>;
}

function refusalsOf(profile: ProviderProfile): readonly RefusalRow[] {
  const { otherProtocol, mixedRefusal, affinityRefusal, loadBalancerIPRefusal } = profile;
  return [
    ...ofPorts('protocol', otherProtocol),
    ...ofPorts('mixed', mixedRefusal),
    ...ofField('affinity', affinityRefusal),
    ...ofField('load-balancer-ip', loadBalancerIPRefusal),
  ];
}

function ofPorts(
  asked: RefusalRow['asked'],
  cell: ProviderProfile['otherProtocol'],
): readonly RefusalRow[] {
  if (!cell) return [];
  const { how, reason, message, eventMessage, internalMessage } = cell.value;
  const says = [message, internalMessage, eventMessage].filter((words) => words !== undefined);
  const fails = reason === null ? 'fails' : 'fails-with-event';
  const skips = reason === null ? 'skips-silently' : 'skips';
  return [{ asked, outcome: how === 'fails' ? fails : skips, says, cell }];
}

function ofField(asked: RefusalRow['asked'], cell: Cell<string> | null): readonly RefusalRow[] {
  return cell ? [{ asked, outcome: 'fails', says: [cell.value], cell }] : [];
}

function linksOf(
  profile: ProviderProfile,
  ...names: readonly (keyof ProviderProfile)[]
): readonly string[] {
  const sources = names.flatMap((name) => {
    const cell = profile[name];
    return typeof cell === 'object' && cell !== null ? cell.sources : [];
  });
  return urlsOf(sources);
}

/** Each once, in their order. */
function urlsOf(sources: readonly Source[]): readonly string[] {
  return [...new Set(sources.flatMap(urlOf))];
}

function urlOf(source: Source): readonly string[] {
  switch (source.kind) {
    case 'documentation':
      return [source.url];
    case 'source':
      return [`https://github.com/${source.repository}/blob/${source.ref}/${source.path}`];
    case 'issue':
      return [`https://github.com/${source.reference.replace('#', '/issues/')}`];
    default:
      return [];
  }
}
