/** Redirects: no proxy, but what proxies have replaced. What is stated of them is tried all the same. */
import { defineTopic } from '../../descriptor.ts';
import { apimachinery, issue, kubernetes, proxiesPage, recorded } from '../facts/sources.ts';

const redirects302 = '/api/v1/namespaces/platform/services/redirects:http/proxy';

/** What was removed, with the versions of Kubernetes it came and went with (specification 6). */
const removed = {
  id: 'removed',
  columns: [
    { id: 'what', kind: 'words' },
    { id: 'request', kind: 'code' },
    { id: 'since', kind: 'text' },
    { id: 'gone', kind: 'text' },
    { id: 'now', kind: 'words' },
    { id: 'instead', kind: 'words' },
  ],
  rows: [
    {
      id: 'redirect-verb',
      cells: {
        request: '/api/v1beta3/redirect/…',
        since: 'v1beta1',
        gone: '1.0',
        status: 404,
        then: 307,
      },
    },
    {
      id: 'proxy-verb',
      cells: {
        request: '/api/v1/proxy/…',
        since: 'v1beta1',
        gone: '1.10',
        deprecated: '1.2',
        status: 404,
      },
    },
    {
      id: 'streaming-redirects',
      cells: {
        request: 'StreamingProxyRedirects',
        since: '1.5',
        gone: '1.24',
        on: '1.6',
        off: '1.22',
        status: 500,
      },
    },
    {
      id: 'validated-redirects',
      cells: { request: 'ValidateProxyRedirects', since: '1.10', gone: '1.24', on: '1.14' },
    },
    {
      id: 'kubelet-redirects',
      cells: {
        request: '--redirect-container-streaming',
        since: '1.11',
        gone: '1.24',
        deprecated: '1.18',
      },
    },
    {
      id: 'aggregated-redirects',
      cells: {
        request: '/apis/{group}/{version}/…',
        since: '1.7',
        gone: '1.25.1',
        backports: ['1.24.5', '1.23.11', '1.22.14'],
        status: 502,
        flag: '--aggregator-reject-forwarding-redirect=false',
      },
    },
  ],
} as const;

export const redirects = defineTopic({
  id: 'redirects',
  line: 'apiserver-proxy',
  claims: [
    {
      id: 'redirects.replaced',
      values: {
        removed: ['/api/v1/redirect/…', '/api/v1/proxy/…'],
        status: 404,
        message: 'the server could not find the requested resource',
      },
      sources: [
        proxiesPage,
        recorded('backend-requests-old-style-api-v1-proxy'),
        issue(9332),
        issue(59885),
        { kind: 'issue', reference: 'kubernetes/kubernetes#59884' },
      ],
      versions: { since: '1.10' },
    },
    {
      id: 'redirects.not-followed',
      values: { subresources: ['exec', 'attach', 'portforward'], redirect: 302, status: 500 },
      sources: [
        apimachinery('pkg/util/proxy/upgradeaware.go'),
        apimachinery('pkg/util/proxy/upgradeaware_test.go'),
        issue(106830),
        issue(85867),
      ],
      versions: { since: '1.24' },
    },
    {
      id: 'redirects.aggregated',
      values: {
        status: 502,
        flag: '--aggregator-reject-forwarding-redirect=false',
        message: 'the backend attempted to redirect this request, which is not permitted',
      },
      sources: [
        apimachinery('pkg/util/proxy/upgradeaware.go'),
        apimachinery('pkg/util/proxy/upgradeaware_test.go'),
        issue(112513),
        issue(112193),
      ],
      versions: { since: '1.25' },
    },
    {
      id: 'redirects.passed-on',
      values: { header: 'Location' },
      sources: [
        kubernetes('pkg/registry/core/service/proxy.go'),
        apimachinery('pkg/util/proxy/transport.go'),
        recorded('location-302-target'),
        recorded('location-302-location-example-com-x'),
      ],
      versions: {},
    },
  ],
  tables: [removed],
  examples: [
    {
      id: 'redirects.redirect-verb',
      request: {
        protocol: 'http',
        method: 'GET',
        path: '/api/v1/redirect/nodes/node-1',
        as: 'administrator',
      },
      expect: { status: 404, contentType: 'application/json' },
      claims: ['redirects.replaced'],
    },
    {
      id: 'redirects.proxy-verb',
      request: {
        protocol: 'http',
        method: 'GET',
        path: '/api/v1/proxy/namespaces/shop/services/catalog/books',
        as: 'administrator',
      },
      expect: { status: 404, contentType: 'application/json' },
      claims: ['redirects.replaced'],
    },
    {
      id: 'redirects.passed-on',
      request: { protocol: 'http', method: 'GET', path: `${redirects302}/path` },
      expect: {
        status: 302,
        headers: { Location: `${redirects302}/target?from=path#there` },
      },
      claims: ['redirects.passed-on'],
    },
    {
      id: 'redirects.elsewhere',
      request: { protocol: 'http', method: 'GET', path: `${redirects302}/other-host` },
      expect: { status: 302, headers: { Location: 'http://other.example/target' } },
      claims: ['redirects.passed-on'],
    },
  ],
});

export type RedirectsClaim = (typeof redirects)['claims'][number]['id'];
