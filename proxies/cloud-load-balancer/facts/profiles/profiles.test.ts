import { describe, expect, it } from 'vitest';
import { sourceSchema, type Source } from '../../../descriptor.ts';
import {
  assignedEvents,
  familiesOf,
  judgeService,
  servesClass,
  statusOf,
  wantedAddress,
} from '../../contract.ts';
import type { ForwardedAddress } from '../../forwarding.ts';
import type { Cell, ProviderProfile } from '../../profile.ts';
import { profiles } from '../profiles.ts';
import { cases, rows, served, statuses, type CaseName, type Seen } from './testing/rows.ts';
import { loadBalancerName, serviceWith } from './testing/service-with.ts';

const caseNames = Object.keys(cases) as CaseName[];
const addresses: readonly ForwardedAddress[] = [
  { family: 'IPv4', address: '203.0.113.4' },
  { family: 'IPv6', address: '2001:db8:113::4' },
];
const nodeAddresses: readonly ForwardedAddress[] = [
  { family: 'IPv4', address: '172.30.0.11' },
  { family: 'IPv4', address: '172.30.0.12' },
  { family: 'IPv6', address: 'fd00:172:30::11' },
];
const classes = [...new Set(Object.values(served).flat())];

describe.each(profiles)('$title', (profile) => {
  for (const name of caseNames) {
    const seen = rows[profile.id][name];
    it(`${name}: ${summaryOf(seen)} (${filesOf(profile, ...cases[name].cells)})`, () => {
      const service = serviceWith(cases[name].service);
      const { accepted, failure, events } = judgeService(profile, service);
      const asked = (service.spec.ports ?? []).map(({ protocol, port }) => `${protocol} ${port}`);
      const refused: readonly string[] = [];
      expect(failure).toBe(seen.fails ?? null);
      expect(accepted.map(({ protocol, port }) => `${protocol} ${port}`)).toEqual(
        seen.fails === undefined ? (seen.serves ?? asked) : refused,
      );
      expect(events.map(({ type, reason, message }) => `${type} ${reason}: ${message}`)).toEqual(
        (seen.events ?? []).map((event) => `Warning ${event}`),
      );
    });
  }

  it(`writes the status that it writes (${filesOf(profile, 'address', 'ipMode', 'listsPorts', 'families')})`, () => {
    const service = serviceWith({ ports: ['TCP 80', 'TCP 53'], ipFamilies: ['IPv4', 'IPv6'] });
    const { portStatuses } = judgeService(profile, service);
    const families = familiesOf(profile, service);
    const status = statusOf(profile, {
      service,
      loadBalancerName,
      addresses: addresses.filter(({ family }) => families.includes(family)),
      nodeAddresses: nodeAddresses.filter(({ family }) => families.includes(family)),
      mode: 'VIP',
      portStatuses,
    });
    expect(status.ingress).toEqual(statuses[profile.id]);
  });

  it(`serves ${served[profile.id].map(nameOfClass).join(', ')} (${filesOf(profile, 'classes', 'servesWithoutClass')})`, () => {
    const own = served[profile.id];
    expect(classes.filter((each) => servesClass(profile, each))).toEqual(
      classes.filter((each) => own.includes(each)),
    );
    expect(servesClass(profile, 'example.com/other')).toBe(false);
  });

  const hears = wantedAddress(profile, serviceWith({ loadBalancerIP: '203.0.113.77' })) !== null;
  it(`${hears ? 'hears' : 'does not hear'} loadBalancerIP (${filesOf(profile, 'loadBalancerIP')})`, () => {
    const deaf = ['aws-nlb', 'aws-clb', 'aws-lb-controller', 'digitalocean', 'hetzner', 'klipper'];
    expect(hears).toBe(!deaf.includes(profile.id));
  });

  it('has a source that can be linked for every cell', () => {
    for (const { sources } of cellsOf(profile)) {
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(sourceSchema.parse(source)).toEqual(source);
    }
  });
});

describe('events of clouds’ own, once there are addresses', () => {
  it.each([
    ['aws-lb-controller', 'SuccessfullyReconciled', 'Successfully reconciled'],
    ['metallb', 'IPAllocated', 'Assigned IP ["203.0.113.4" "2001:db8:113::4"]'],
    [
      'klipper',
      'UpdatedLoadBalancer',
      'Updated LoadBalancer with new IPs: [] -> [203.0.113.4 2001:db8:113::4]',
    ],
  ] as const)('%s tells %s: %s', (id, reason, message) => {
    const status = { ingress: addresses.map(({ address }) => ({ ip: address })) };
    const profile = profileOf(id);
    expect(assignedEvents(profile, undefined, status)).toEqual([
      { type: 'Normal', reason, message },
    ]);
    expect(assignedEvents(profile, status, status)).toEqual([]);
    expect(assignedEvents(profile, undefined, {})).toEqual([]);
  });

  it('of K3s tells what was there before, too', () => {
    const before = { ingress: [{ ip: '203.0.113.4' }] };
    const now = { ingress: [{ ip: '203.0.113.4' }, { ip: '203.0.113.5' }] };
    const [event] = assignedEvents(profileOf('klipper'), before, now);
    expect(event?.message).toBe(
      'Updated LoadBalancer with new IPs: [203.0.113.4] -> [203.0.113.4 203.0.113.5]',
    );
  });

  it('no other tells any', () => {
    const status = { ingress: [{ ip: '203.0.113.4' }] };
    const tellers = profiles.filter((profile) => assignedEvents(profile, {}, status).length > 0);
    expect(tellers.map(({ id }) => id)).toEqual(['aws-lb-controller', 'metallb', 'klipper']);
  });
});

describe('a dataplane without SCTP', () => {
  it('says so in the port’s status, and serves the others', () => {
    const service = serviceWith({ ports: ['TCP 80', 'SCTP 3868'] });
    const judgement = judgeService(profileOf('hop'), service, { protocols: ['TCP', 'UDP'] });
    expect(judgement.failure).toBeNull();
    expect(judgement.accepted.map(({ port }) => port)).toEqual([80]);
    expect(judgement.portStatuses).toEqual([
      { port: 80, protocol: 'TCP' },
      { port: 3868, protocol: 'SCTP', error: 'hop-by-hop.dev/ProtocolNotSupported' },
    ]);
  });

  it('says so at clouds that list no ports otherwise', () => {
    const service = serviceWith({ ports: ['SCTP 3868'] });
    const { portStatuses } = judgeService(profileOf('metallb'), service, { protocols: ['TCP'] });
    expect(portStatuses).toHaveLength(1);
  });
});

function profileOf(id: string): ProviderProfile {
  const profile = profiles.find((each) => each.id === id);
  if (!profile) throw new Error(`no profile ${id}`);
  return profile;
}

function cellsOf(profile: ProviderProfile): readonly Cell<unknown>[] {
  const values: readonly unknown[] = Object.values(profile);
  return values.filter(
    (value): value is Cell<unknown> => typeof value === 'object' && value !== null,
  );
}

function summaryOf({ fails, serves, events }: Seen): string {
  if (fails !== undefined) return `fails with “${fails}”`;
  if (serves === undefined) return 'is served';
  const told = events ? 'and tells' : 'and tells nothing';
  return serves.length === 0 ? `is left out, ${told}` : `${serves.join(', ')} is served, ${told}`;
}

function nameOfClass(loadBalancerClass: string | null): string {
  return loadBalancerClass ?? 'Services without a class';
}

/** @example 'kubernetes/cloud-provider-aws pkg/providers/v1/aws.go' */
function filesOf(profile: ProviderProfile, ...cells: readonly (keyof ProviderProfile)[]): string {
  const sources = cells.flatMap((name) => {
    const cell = profile[name];
    return typeof cell === 'object' && cell !== null ? cell.sources : [];
  });
  return [...new Set(sources.map(nameOf))].join(', ');
}

function nameOf(source: Source): string {
  switch (source.kind) {
    case 'source':
      return `${source.repository} ${source.path}`;
    case 'documentation':
      return source.url;
    case 'issue':
      return source.reference;
    default:
      return source.kind;
  }
}
