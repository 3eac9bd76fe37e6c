import { describe, expect, it } from 'vitest';
import { apiserverProxy } from '../../proxies/apiserver-proxy/descriptor.ts';
import { cloudLoadBalancer } from '../../proxies/cloud-load-balancer/descriptor.ts';
import { kubectlProxy } from '../../proxies/kubectl-proxy/descriptor.ts';
import { translate } from '../i18n/messages.ts';
import { drawLine } from './line.ts';
import { proxyLine } from './proxy-line.ts';

const line = proxyLine(kubectlProxy, translate('en'));

describe('the map', () => {
  it('has a station for everybody on the line, and the proxy is an interchange', () => {
    expect(line.stations.map(({ id }) => id)).toEqual(['client', 'kubectl-proxy', 'apiserver']);
    expect(drawLine(line, 'wide').match(/class="station main"/g)).toHaveLength(1);
  });

  it.each(['wide', 'tall'] as const)('draws each stretch where its hop can find it (%s)', (way) => {
    const hops = [...drawLine(line, way).matchAll(/data-hop="([^"]+)"/g)].map(([, hop]) => hop);
    expect(hops).toEqual(['client kubectl-proxy', 'kubectl-proxy apiserver']);
  });

  it('runs in a tunnel only where TLS can be', () => {
    const [plain = '', tls = ''] = drawLine(line, 'wide').split('<g class="stretch"').slice(1);
    expect(plain).not.toContain('core');
    expect(tls).toContain('class="core maybe"');
  });

  it('does not let a name become markup', () => {
    const stations = line.stations.map((station) => ({ ...station, name: '<b>' }));
    expect(drawLine({ ...line, stations }, 'tall')).not.toContain('<b>');
  });
});

it('keeps the texts before and behind a station apart', () => {
  const drawn = drawLine(proxyLine(cloudLoadBalancer, translate('en')), 'wide');
  const [, before = '', behind = ''] = drawn.split('<g class="stretch"').slice(1);
  const placeOf = (text: string) => /<text x="(\d+)"/.exec(text)?.[1];
  expect(before).toContain('text-anchor="end"');
  expect(Number(placeOf(behind)) - Number(placeOf(before))).toBeGreaterThan(20);
});

describe('a line that forks', () => {
  const fork = proxyLine(apiserverProxy, translate('en'));
  const places = (way: 'wide' | 'tall') =>
    new Map(
      [
        ...drawLine(fork, way).matchAll(/data-station="([^"]+)"><circle cx="(\d+)" cy="(\d+)"/g),
      ].map(([, id = '', x, y]) => [id, { x: Number(x), y: Number(y) }]),
    );

  it('has its branches side by side, behind the station where they part', () => {
    const wide = places('wide');
    const ends = ['pod', 'kubelet', 'node'].map((id) => wide.get(id));
    expect(new Set(ends.map((end) => end?.x)).size).toBe(1);
    expect(new Set(ends.map((end) => end?.y)).size).toBe(3);
    expect(ends[0]?.x).toBeGreaterThan(wide.get('apiserver-proxy')?.x ?? Infinity);
  });

  it('has them one below the other on a phone', () => {
    const rows = [...places('tall').values()].map(({ y }) => y);
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
    expect(new Set(rows).size).toBe(5);
  });

  it.each(['wide', 'tall'] as const)('stays on its paper (%s)', (way) => {
    const drawn = drawLine(fork, way);
    const [, width = 0, height = 0] = /viewBox="0 0 (\d+) (\d+)"/.exec(drawn)?.map(Number) ?? [];
    for (const [, x, y] of drawn.matchAll(/cx="(\d+)" cy="(\d+)"/g)) {
      expect(Number(x)).toBeLessThanOrEqual(width);
      expect(Number(y)).toBeLessThanOrEqual(height);
    }
    for (const [, y] of drawn.matchAll(/<text x="\d+" y="([\d.]+)"/g)) {
      expect(Number(y)).toBeLessThanOrEqual(height);
    }
  });
});
