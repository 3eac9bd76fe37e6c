/** The line of a proxy as its descriptor has it, with names in a language. */
import type { Descriptor } from '../../proxies/descriptor.ts';
import type { Translate } from '../i18n/messages.ts';
import type { MapLine, MapStretch } from './line.ts';

export function proxyLine({ id, stretches }: Descriptor, t: Translate): MapLine {
  const first = stretches[0];
  const stations = first ? [first.from, ...stretches.map(({ to }) => to)] : [];
  return {
    stations: stations.map((station) => ({
      id: station,
      name: t(`interface:stations.${station}`),
      isMain: station === id,
    })),
    stretches: stretches.map(({ protocols: [protocol = '', ...others], tls }) => ({
      labels: [protocol, others.join(' · '), t(`interface:tls.short.${tls}`)].filter(Boolean),
      tls: tunnel[tls],
    })),
  };
}

const tunnel = {
  none: 'none',
  required: 'always',
  'by-configuration': 'maybe',
  'passed-through': 'always',
} as const satisfies Record<Descriptor['stretches'][number]['tls'], MapStretch['tls']>;
