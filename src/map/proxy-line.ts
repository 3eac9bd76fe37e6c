/** The line of a proxy as its descriptor has it, with names in a language. */
import type { Descriptor, Protocol } from '../../proxies/descriptor.ts';
import type { Translate } from '../i18n/messages.ts';
import type { MapLine, MapStretch } from './line.ts';

export function proxyLine({ id, stretches }: Descriptor, t: Translate): MapLine {
  const stations = new Set(stretches.flatMap(({ from, to }) => [from, to]));
  return {
    stations: [...stations].map((station) => ({
      id: station,
      name: t(`interface:stations.${station}`),
      isMain: station === id,
    })),
    stretches: stretches.map(({ from, to, protocols, tls }) => ({
      from,
      to,
      labels: [...inGroups(protocols), t(`interface:tls.short.${tls}`)],
      tls: tunnel[tls],
    })),
  };
}

/** HTTP, and what a request can become. */
function inGroups(protocols: readonly Protocol[]): string[] {
  const groups = Map.groupBy(protocols, (protocol) => protocol.startsWith('HTTP/'));
  return [...groups.values()].map((group) => group.join(' · '));
}

const tunnel = {
  none: 'none',
  required: 'always',
  'by-configuration': 'maybe',
  'by-name': 'maybe',
  'passed-through': 'always',
} as const satisfies Record<Descriptor['stretches'][number]['tls'], MapStretch['tls']>;
