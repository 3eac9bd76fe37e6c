import { describe, expect, it } from 'vitest';
import { subsetsOfSlices, type FoundEndpointSlice } from './endpoint-slices.ts';

const sliceOf = (
  addressType: string,
  addresses: readonly string[],
  ready: boolean | null = true,
): FoundEndpointSlice => ({
  addressType,
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready } })),
  ports: [{ name: 'http', port: 8080 }],
});

const ipsOf = (slices: readonly FoundEndpointSlice[], families?: readonly string[]) =>
  subsetsOfSlices(slices, families).flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip));

describe('EndpointSlices', () => {
  it('keep the pods and the ports by their names', () => {
    const targetRef = { kind: 'Pod', namespace: 'default', name: 'pod-a' };
    const slice = {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1', '10.0.0.2'], targetRef }],
      ports: [{ name: 'http', port: 80 }, { port: 81 }, { name: null, port: 82 }, { name: 'none' }],
    };
    expect(subsetsOfSlices([slice])).toEqual([
      {
        addresses: [{ ip: '10.0.0.1', targetRef }],
        ports: [
          { name: 'http', port: 80 },
          { name: '', port: 81 },
          { name: '', port: 82 },
        ],
      },
    ]);
  });

  it('are ready where they do not say otherwise', () => {
    const unsaid = { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.3'] }] };
    const slices = [
      sliceOf('IPv4', ['10.0.0.1']),
      sliceOf('IPv4', ['10.0.0.2'], null),
      sliceOf('IPv4', ['10.0.0.4'], false),
      unsaid,
    ];
    expect(ipsOf(slices)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  });

  it("are those of the Service's first family, if any of it is ready", () => {
    const four = sliceOf('IPv4', ['10.0.0.1']);
    const six = sliceOf('IPv6', ['fd00::1']);
    expect(ipsOf([four, six], ['IPv6', 'IPv4'])).toEqual(['fd00::1']);
    expect(ipsOf([four, six], ['IPv4', 'IPv6'])).toEqual(['10.0.0.1']);
    expect(ipsOf([four, sliceOf('IPv6', ['fd00::1'], false)], ['IPv6'])).toEqual(['10.0.0.1']);
    expect(ipsOf([six, four])).toEqual(['fd00::1']);
  });

  it('are no names', () => {
    expect(subsetsOfSlices([sliceOf('FQDN', ['example.com'])], ['IPv4'])).toEqual([]);
  });

  it('come to nothing where there are none', () => {
    expect(subsetsOfSlices([], ['IPv4'])).toEqual([]);
    expect(subsetsOfSlices([{ addressType: 'IPv4', endpoints: null, ports: null }])).toEqual([
      { addresses: [], ports: [] },
    ]);
  });
});
