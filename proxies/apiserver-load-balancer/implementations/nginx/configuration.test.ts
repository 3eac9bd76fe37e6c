/** The configuration that nginx is given, as text. */
import { expect, test } from 'vitest';
import { quickOptions } from '../testing/options.ts';
import { nginxConfiguration } from './configuration.ts';

const options = {
  ...quickOptions,
  directory: '/run/hop',
  listen: [
    { host: '0.0.0.0', port: 6443 },
    { host: '::', port: 6443 },
  ],
  streamModule: '/usr/lib/nginx/modules/ngx_stream_module.so',
  user: null,
  maxOpenFiles: 20_000,
};

const first = backend('10.0.0.11');
const second = backend('fd00::12');

test('every backend is in the upstream, and what is absent of the options has its default', () => {
  expect(nginxConfiguration([first, { ...second, isDraining: true }], options)).toBe(
    `daemon off;
load_module "/usr/lib/nginx/modules/ngx_stream_module.so";
worker_processes auto;
worker_shutdown_timeout 60000ms;
pid "/run/hop/nginx.pid";
error_log stderr notice;

events {
  worker_connections 20000;
}

stream {
  upstream apiservers {
    zone apiservers 512k;
    server 10.0.0.11:6443 max_fails=1 fail_timeout=1s;
    server [fd00::12]:6443 max_fails=1 fail_timeout=1s down;
  }
  server {
    listen 0.0.0.0:6443 so_keepalive=30s:30s:3;
    listen [::]:6443 ipv6only=on so_keepalive=30s:30s:3;
    proxy_pass apiservers;
    proxy_connect_timeout 1000ms;
    proxy_next_upstream on;
    proxy_next_upstream_tries 0;
    proxy_timeout 31536000000ms;
    proxy_socket_keepalive on;
    proxy_half_close on;
  }
}
`,
  );
});

test('without backends it closes whoever comes', () => {
  const text = nginxConfiguration([], options);
  expect(text).toContain('return "";');
  expect(text).not.toContain('upstream');
});

test.each([
  ['least connections', { balance: 'least-connections' }, 'least_conn;'],
  ['an idle limit', { idleTimeoutMs: 90_000 }, 'proxy_timeout 90000ms;'],
  ['the PROXY protocol', { proxyProtocol: 'v1' }, 'proxy_protocol on;'],
  ['the user of its workers', { user: 'root' }, 'user root;'],
  [
    'how long a failed one is left out',
    { check: { ...quickOptions.check, intervalMs: 2500, rise: 2 } },
    'fail_timeout=5s',
  ],
] as const)('it says %s', (_, changed, said) => {
  expect(nginxConfiguration([first], { ...options, ...changed })).toContain(said);
});

test.each([
  ['no keepalive', { keepAliveMs: 0 }, 'keepalive'],
  ['no drain limit', { drainTimeoutMs: 0 }, 'worker_shutdown_timeout'],
  ['a module that is built in', { streamModule: null }, 'load_module'],
] as const)('with %s it says nothing of it', (_, changed, said) => {
  expect(nginxConfiguration([first], { ...options, ...changed })).not.toContain(said);
});

test('the first healthy is the first that does not drain; the rest are its backup', () => {
  const text = nginxConfiguration([{ ...first, isDraining: true }, second, backend('10.0.0.13')], {
    ...options,
    balance: 'first-healthy',
  });
  expect(text.match(/server \S+443 .*/g)).toEqual([
    'server 10.0.0.11:6443 max_fails=1 fail_timeout=1s down;',
    'server [fd00::12]:6443 max_fails=1 fail_timeout=1s;',
    'server 10.0.0.13:6443 max_fails=1 fail_timeout=1s backup;',
  ]);
});

test.each(['127.0.0.1; daemon on', 'localhost', 'fe80::1%eth0', '10.0.0.1\nuser root', ''])(
  'an address is nothing else: %j is refused',
  (address) => {
    expect(() => nginxConfiguration([{ ...first, address }], options)).toThrow('not an IP address');
  },
);

test('names do not come into it at all', () => {
  const named = { ...first, name: 'a; daemon on', host: '"; daemon on' };
  expect(nginxConfiguration([named], options)).toBe(nginxConfiguration([first], options));
});

test('a directory with a quote is refused', () => {
  expect(() => nginxConfiguration([], { ...options, directory: '/tmp/"; x' })).toThrow(
    'not a path of a configuration',
  );
});

function backend(address: string) {
  const family = address.includes(':') ? ('IPv6' as const) : ('IPv4' as const);
  return { name: `${address}:6443`, address, port: 6443, family, isDraining: false };
}
