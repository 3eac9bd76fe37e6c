import { describe, expect, it } from 'vitest';
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
