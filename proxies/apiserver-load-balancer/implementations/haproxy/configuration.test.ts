/** The configuration that HAProxy is given, as text. */
import { expect, test } from 'vitest';
import { quickOptions } from '../testing/options.ts';
import { haproxyConfiguration } from './configuration.ts';

const options = {
  ...quickOptions,
  listen: [
    { host: '0.0.0.0', port: 6443 },
    { host: '::', port: 6443 },
  ],
  caFile: null,
  isSplicing: true,
  userId: null,
};

const first = backend('10.0.0.11');
const second = backend('fd00::12');

test('every backend is checked; all are tried when none is ready', () => {
  expect(haproxyConfiguration([first, { ...second, isDraining: true }], options)).toBe(
    `global
  hard-stop-after 60000ms

defaults
  mode tcp
  option contstats
  timeout connect 1000ms
  timeout client 2073600000ms
  timeout server 2073600000ms
  timeout check 1000ms
  retries 3
  option redispatch 1
  option clitcpka
  clitcpka-idle 30s
  clitcpka-intvl 30s
  clitcpka-cnt 3
  option srvtcpka
  srvtcpka-idle 30s
  srvtcpka-intvl 30s
  srvtcpka-cnt 3
  option splice-auto

frontend clients
  bind 0.0.0.0:6443
  bind [::]:6443 v6only
  use_backend any-apiserver if { nbsrv(apiservers) eq 0 }
  default_backend apiservers

backend apiservers
  balance roundrobin
  option httpchk
  http-check send meth GET uri '/readyz' ver HTTP/1.1 hdr Host 'apiserver' hdr Connection close
  http-check expect error-status L7OKC status 200
  server 10.0.0.11_6443 10.0.0.11:6443 check check-ssl verify none inter 100ms fastinter 50ms rise 1 fall 2 on-marked-down shutdown-sessions observe layer4 error-limit 1 on-error fastinter
  server fd00::12_6443 [fd00::12]:6443 disabled check check-ssl verify none inter 100ms fastinter 50ms rise 1 fall 2 on-marked-down shutdown-sessions observe layer4 error-limit 1 on-error fastinter

backend any-apiserver
  balance roundrobin
  server 10.0.0.11_6443 10.0.0.11:6443
  server fd00::12_6443 [fd00::12]:6443 disabled
`,
  );
});

test.each([
  ['least connections', { balance: 'least-connections' }, 'balance leastconn'],
  ['the first healthy', { balance: 'first-healthy' }, 'balance first'],
  ['an idle limit', { idleTimeoutMs: 90_000 }, 'timeout client 90000ms'],
  ['the PROXY protocol, version 1', { proxyProtocol: 'v1' }, ' send-proxy '],
  ['the PROXY protocol, version 2', { proxyProtocol: 'v2' }, ' send-proxy-v2 '],
  ['the authorities of certificates', { caFile: '/a b/ca.crt' }, `ca-file '/a b/ca.crt'`],
  ['as whom it runs', { userId: 65534 }, 'uid 65534'],
] as const)('it says %s', (_, changed, said) => {
  expect(haproxyConfiguration([first], { ...options, ...changed })).toContain(said);
});

test.each([
  ['no keepalive', { keepAliveMs: 0 }, 'tcpka'],
  ['no drain limit', { drainTimeoutMs: 0 }, 'hard-stop-after'],
  ['no splice', { isSplicing: false }, 'splice'],
  ['nobody to try when none is ready', { whenNoneReady: 'refuse' }, 'any-apiserver'],
] as const)('with %s it says nothing of it', (_, changed, said) => {
  expect(haproxyConfiguration([first], { ...options, ...changed })).not.toContain(said);
});

test('a certificate is compared with the name that was asked for, or else with the host', () => {
  const caFile = '/run/ca.crt';
  const named = { ...first, host: 'apiserver-1.example' };
  expect(haproxyConfiguration([named], { ...options, caFile })).toContain(
    'check-sni apiserver-1.example verifyhost apiserver-1.example',
  );
  const check = { ...quickOptions.check, serverName: 'kubernetes' };
  expect(haproxyConfiguration([named], { ...options, caFile, check })).toContain(
    'check-sni kubernetes verifyhost kubernetes',
  );
  expect(haproxyConfiguration([first], { ...options, caFile })).not.toContain('verifyhost');
});

test('names do not come into it', () => {
  const named = { ...first, name: "a' b\n  server x 1.1.1.1:1" };
  expect(haproxyConfiguration([named], options)).toBe(haproxyConfiguration([first], options));
});

test.each([
  ['an address', { ...first, address: '10.0.0.1 backup' }, options],
  ['a port', { ...first, port: 70_000 }, options],
  ['a host', { ...first, host: 'a verify none' }, options],
  [
    'the path of a check',
    first,
    { ...options, check: { ...quickOptions.check, path: "/readyz' ver x" } },
  ],
  [
    'a server name',
    first,
    { ...options, check: { ...quickOptions.check, serverName: "x'\n  user root" } },
  ],
  ['a file', first, { ...options, caFile: "/tmp/'x" }],
] as const)('%s that holds more than that is refused', (_, one, changed) => {
  expect(() => haproxyConfiguration([one], changed)).toThrow(/^not (an?|the) /);
});

function backend(address: string) {
  const family = address.includes(':') ? ('IPv6' as const) : ('IPv4' as const);
  return { name: `${address}:6443`, address, port: 6443, family, isDraining: false };
}
