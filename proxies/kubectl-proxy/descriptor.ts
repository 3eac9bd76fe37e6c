/** The facts of `kubectl proxy`: what it states of itself, what it takes, what it answers. */
import { defineProxy } from '../descriptor.ts';
import { clientFlags } from '../kit/client-flags.ts';

const documentation = {
  kind: 'documentation',
  url: 'https://kubernetes.io/docs/concepts/cluster-administration/proxies/',
} as const;

const reference = {
  kind: 'documentation',
  url: 'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_proxy/',
} as const;

const upstreamSource = (path: string) =>
  ({ kind: 'source', repository: 'kubernetes/kubectl', path, ref: 'master' }) as const;

/** What claims state and flags default to. */
const listener = { address: '127.0.0.1', port: 8001 } as const;
const rejectedPaths = ['^/api/.*/pods/.*/exec', '^/api/.*/pods/.*/attach'] as const;
const acceptedHosts = ['localhost', '127.0.0.1', '[::1]'] as const;
const wholly = (literal: string) => `^${literal.replace(/[.[\]]/g, '\\$&')}$`;
const forbiddenStatus = 403;

export const kubectlProxy = defineProxy({
  id: 'kubectl-proxy',
  audience: 'user',
  layer: 'L7',
  upstream: { command: 'kubectl proxy', version: '1.33' },

  stretches: [
    {
      from: 'client',
      to: 'kubectl-proxy',
      protocols: ['HTTP/1.1', 'WebSocket', 'SPDY/3.1'],
      tls: 'none',
      authentication: ['none'],
    },
    {
      from: 'kubectl-proxy',
      to: 'apiserver',
      protocols: ['HTTP/1.1', 'WebSocket', 'SPDY/3.1'],
      tls: 'by-configuration',
      authentication: [
        'bearer-token',
        'client-certificate',
        'basic',
        'exec-plugin',
        'service-account',
        'impersonation',
      ],
    },
  ],

  claims: [
    {
      id: 'kubectl-proxy.runs-on-desktop',
      values: { command: 'kubectl proxy' },
      sources: [documentation, reference],
      versions: {},
    },
    {
      id: 'kubectl-proxy.runs-in-pod',
      values: {
        tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
        variables: ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'],
      },
      sources: [
        documentation,
        {
          kind: 'source',
          repository: 'kubernetes/client-go',
          path: 'rest/config.go',
          ref: 'master',
        },
      ],
      versions: {},
      needs: ['isolation'],
    },
    {
      id: 'kubectl-proxy.localhost-listener',
      values: listener,
      sources: [documentation, { kind: 'recorded', case: 'start-default' }],
      versions: {},
      needs: ['isolation', 'proc'],
    },
    {
      id: 'kubectl-proxy.to-apiserver',
      values: { target: '/api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Dweb-0' },
      sources: [documentation, { kind: 'recorded', case: 'filter-accept-02' }],
      versions: {},
    },
    {
      id: 'kubectl-proxy.client-http',
      values: { protocol: 'HTTP/1.1' },
      sources: [documentation, upstreamSource('pkg/proxy/proxy_server.go')],
      versions: {},
    },
    {
      id: 'kubectl-proxy.apiserver-https',
      values: { protocol: 'HTTPS', minimumTls: 'TLS 1.2' },
      sources: [documentation, { kind: 'recorded', case: 'err-wrongca' }],
      versions: {},
    },
    {
      id: 'kubectl-proxy.locates-apiserver',
      values: { flag: '--context' },
      sources: [
        documentation,
        {
          kind: 'source',
          repository: 'kubernetes/client-go',
          path: 'tools/clientcmd/loader.go',
          ref: 'master',
        },
      ],
      versions: {},
    },
    {
      id: 'kubectl-proxy.adds-auth-headers',
      values: { header: 'Authorization' },
      sources: [documentation, { kind: 'recorded', case: 'filter-accept-02' }],
      versions: {},
    },
    {
      id: 'kubectl-proxy.filter-default',
      values: {
        rejectPaths: rejectedPaths,
        acceptHosts: acceptedHosts,
        status: forbiddenStatus,
      },
      sources: [
        reference,
        upstreamSource('pkg/proxy/proxy_server_test.go'),
        { kind: 'recorded', case: 'filter-accept-08' },
        { kind: 'issue', reference: 'kubernetes/kubectl#663' },
      ],
      versions: {},
    },
  ],

  flags: [
    { name: 'address', type: 'string', default: listener.address, group: 'listen' },
    { name: 'port', shorthand: 'p', type: 'int', default: listener.port, group: 'listen' },
    { name: 'unix-socket', shorthand: 'u', type: 'string', default: '', group: 'listen' },
    {
      name: 'accept-hosts',
      type: 'string',
      default: acceptedHosts.map(wholly).join(),
      group: 'filter',
    },
    { name: 'accept-paths', type: 'string', default: '^.*', group: 'filter' },
    {
      name: 'reject-paths',
      type: 'string',
      default: rejectedPaths.join(),
      group: 'filter',
    },
    { name: 'reject-methods', type: 'string', default: '^$', group: 'filter' },
    { name: 'disable-filter', type: 'bool', default: false, group: 'filter' },
    { name: 'www', shorthand: 'w', type: 'string', default: '', group: 'files' },
    { name: 'www-prefix', shorthand: 'P', type: 'string', default: '/static/', group: 'files' },
    { name: 'api-prefix', type: 'string', default: '/', group: 'forwarding' },
    { name: 'append-server-path', type: 'bool', default: false, group: 'forwarding' },
    { name: 'keepalive', type: 'duration', default: '0s', group: 'forwarding' },
    ...clientFlags,
    { name: 'help', shorthand: 'h', type: 'bool', default: false, group: 'diagnostics' },
  ],

  headers: [
    { id: 'host', name: 'Host', on: 'request', action: 'replaced' },
    { id: 'authorization', name: 'Authorization', on: 'request', action: 'added' },
    { id: 'client-authorization', name: 'Authorization', on: 'request', action: 'kept' },
    { id: 'impersonate', name: 'Impersonate-*', on: 'request', action: 'added' },
    { id: 'x-forwarded-for', name: 'X-Forwarded-For', on: 'request', action: 'added' },
    { id: 'user-agent', name: 'User-Agent', on: 'request', action: 'added' },
    { id: 'accept-encoding', name: 'Accept-Encoding', on: 'request', action: 'added' },
    { id: 'connection', name: 'Connection', on: 'request', action: 'removed' },
    { id: 'keep-alive', name: 'Keep-Alive', on: 'request', action: 'removed' },
    { id: 'proxy-connection', name: 'Proxy-Connection', on: 'request', action: 'removed' },
    { id: 'proxy-authenticate', name: 'Proxy-Authenticate', on: 'request', action: 'removed' },
    { id: 'proxy-authorization', name: 'Proxy-Authorization', on: 'request', action: 'removed' },
    { id: 'te', name: 'Te', on: 'request', action: 'removed' },
    { id: 'trailer', name: 'Trailer', on: 'request', action: 'removed' },
    { id: 'transfer-encoding', name: 'Transfer-Encoding', on: 'request', action: 'removed' },
    { id: 'upgrade', name: 'Upgrade', on: 'request', action: 'removed' },
    { id: 'cache-control', name: 'Cache-Control', on: 'request', action: 'added' },
    { id: 'content-type', name: 'Content-Type', on: 'response', action: 'added' },
    { id: 'date', name: 'Date', on: 'response', action: 'added' },
    { id: 'content-encoding', name: 'Content-Encoding', on: 'response', action: 'removed' },
    { id: 'content-length', name: 'Content-Length', on: 'response', action: 'removed' },
    { id: 'refused-by', name: 'X-Hop-Refused-By', on: 'response', action: 'added' },
  ],

  errors: [
    { id: 'moved', status: 301, contentType: 'text/html; charset=utf-8', body: null },
    { id: 'bad-request', status: 400, contentType: 'text/plain; charset=utf-8', body: null },
    {
      id: 'forbidden',
      status: forbiddenStatus,
      contentType: 'text/plain; charset=utf-8',
      body: 'Forbidden\n',
    },
    {
      id: 'not-found',
      status: 404,
      contentType: 'text/plain; charset=utf-8',
      body: '404 page not found\n',
    },
    { id: 'expectation-failed', status: 417, contentType: null, body: null },
    {
      id: 'header-too-large',
      status: 431,
      contentType: 'text/plain; charset=utf-8',
      body: '431 Request Header Fields Too Large',
    },
    { id: 'upstream', status: 500, contentType: 'text/plain; charset=utf-8', body: null },
    {
      id: 'unsupported-coding',
      status: 501,
      contentType: 'text/plain; charset=utf-8',
      body: 'Unsupported transfer encoding',
    },
    {
      id: 'unsupported-version',
      status: 505,
      contentType: 'text/plain; charset=utf-8',
      body: null,
    },
  ],

  examples: [
    {
      id: 'kubectl-proxy.version',
      request: { protocol: 'http', method: 'GET', path: '/version' },
      expect: { status: 200, contentType: 'application/json' },
    },
    {
      id: 'kubectl-proxy.list-pods',
      request: { protocol: 'http', method: 'GET', path: '/api/v1/namespaces/default/pods?limit=2' },
      expect: { status: 200, contentType: 'application/json' },
      claims: ['kubectl-proxy.adds-auth-headers', 'kubectl-proxy.to-apiserver'],
    },
    {
      id: 'kubectl-proxy.watch-pods',
      request: {
        protocol: 'http',
        method: 'GET',
        path: '/api/v1/namespaces/default/pods?watch=true&timeoutSeconds=3',
      },
      expect: { status: 200, contentType: 'application/json' },
      streamMs: 4000,
    },
    {
      id: 'kubectl-proxy.create-dry-run',
      request: {
        protocol: 'http',
        method: 'POST',
        path: '/api/v1/namespaces/default/configmaps?dryRun=All',
        headers: { 'Content-Type': 'application/json' },
        body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"greeting"},"data":{"hello":"world"}}',
      },
      expect: { status: 201, contentType: 'application/json' },
    },
    {
      id: 'kubectl-proxy.exec-refused',
      request: {
        protocol: 'http',
        method: 'POST',
        path: '/api/v1/namespaces/default/pods/web-0/exec?command=id',
      },
      expect: { status: forbiddenStatus, contentType: 'text/plain; charset=utf-8' },
      claims: ['kubectl-proxy.filter-default'],
    },
    {
      id: 'kubectl-proxy.rebinding-refused',
      request: {
        protocol: 'http',
        method: 'GET',
        path: '/api/v1/secrets',
        headers: { Host: 'evil.example' },
      },
      expect: { status: forbiddenStatus, contentType: 'text/plain; charset=utf-8' },
      claims: ['kubectl-proxy.filter-default'],
    },
    {
      id: 'kubectl-proxy.not-found',
      request: { protocol: 'http', method: 'GET', path: '/api/v1/namespaces/default/pods/nobody' },
      expect: { status: 404, contentType: 'application/json' },
    },
  ],

  differences: [
    {
      id: 'newline-in-path',
      kind: 'safer',
      cases: ['filter-path-newline', 'filter-path-newline-exec'],
    },
    {
      id: 'dot-segments',
      kind: 'safer',
      cases: ['filter-path-front-pct-dotdot-exec', 'filter-path-front-pct-dot-exec'],
    },
    {
      id: 'two-readings',
      kind: 'safer',
      cases: ['fwd-folded', 'fwd-bare-lf', 'fwd-te-and-cl'],
    },
    {
      id: 'upgrade-verification',
      kind: 'safer',
      cases: ['err-no-ca-upgrade', 'auth-no-ca-upgrade-authorization'],
    },
    { id: 'upgrade-hop-by-hop', kind: 'safer', cases: [] },
    { id: 'links-out-of-directory', kind: 'safer', cases: [] },
    {
      id: 'ipv6-loopback',
      kind: 'better',
      cases: ['filter-host-v6-port', 'filter-abs-form-v6'],
    },
    {
      id: 'upgrade-through-proxy',
      kind: 'better',
      cases: ['auth-proxyurl-upgrade', 'auth-proxyurl-auth-upgrade'],
    },
    { id: 'early-tunnel-bytes', kind: 'better', cases: [] },
    { id: 'half-close', kind: 'better', cases: ['fwd-half-close'] },
    {
      id: 'prefix-errors',
      kind: 'better',
      cases: ['start-www-prefix-root', 'start-prefix-bad-pattern'],
    },
    { id: 'drain', kind: 'better', cases: ['stop-sigint-watch', 'stop-sighup-watch'] },
    { id: 'socket-removed', kind: 'better', cases: ['start-unix-stale'] },
    { id: 'http-1-upstream', kind: 'implementation', cases: [] },
    { id: 'unfinished-answer', kind: 'implementation', cases: ['err-abort-mid-10'] },
    {
      id: 'plugin-before-connection',
      kind: 'implementation',
      cases: ['auth-exec-fail-client-authorization'],
    },
  ],
});

export type KubectlProxyClaim = (typeof kubectlProxy)['claims'][number]['id'];
