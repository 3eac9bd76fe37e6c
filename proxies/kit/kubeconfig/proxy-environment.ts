/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as Go reads them, with CIDRs in NO_PROXY. */
import { BlockList, isIP } from 'node:net';
import type { UpstreamServer } from '../upstream.ts';
import type { Environment } from './load.ts';

/**
 * The proxy that the environment names for a server, or `null`. Loopback servers never have one.
 *
 * @throws Error for a proxy address that cannot be read.
 */
export function proxyFromEnvironment(server: UpstreamServer, env: Environment): URL | null {
  const name = server.isTls ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const text = env[name] ?? env[name.toLowerCase()] ?? '';
  if (text === '' || isDirect(server, env.NO_PROXY ?? env.no_proxy ?? '')) return null;
  // `proxy:3128` is `http://proxy:3128`.
  const withScheme = /^(https?|socks5h?):\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(withScheme)) {
    throw new Error(`invalid proxy address ${JSON.stringify(text)}`);
  }
  return new URL(withScheme.replace(/^socks5h:/i, 'socks5:'));
}

function isDirect({ hostname, port }: UpstreamServer, noProxy: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  if (host === 'localhost' || isLoopback(host)) return true;
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && covers(entry, host, port));
}

function covers(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const [, network = '', bits] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
  if (bits !== undefined) return isInNetwork(host, network, Number(bits));
  if (isIP(entry) !== 0) return entry === host;
  const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (wantedPort !== undefined && Number(wantedPort) !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return bare === host;
  const domain = bare.replace(/^\*?\./, '');
  // `.example.com` covers what is below it; `example.com` itself too.
  return host.endsWith(`.${domain}`) || (bare === domain && host === domain);
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  const family = isIP(host);
  if (family === 0 || family !== isIP(network) || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function isLoopback(host: string): boolean {
  return /^127(\.\d+){3}$/.test(host) || host === '::1';
}
