/** What each provider takes and writes: tables made of the profiles that the providers work by. */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';
import type { ProviderProfile } from '../profile.ts';
import type { Transport } from '../service.ts';
import { linksOf } from './profile-links.ts';
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
