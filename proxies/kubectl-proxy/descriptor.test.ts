import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { hopByHop } from '../kit/http/hop-by-hop.ts';
import { kubectlProxy } from './descriptor.ts';
import { userAgent } from './request-lines.ts';

const flagDefault = (wanted: string) =>
  kubectlProxy.flags.find(({ name }) => name === wanted)?.default;

it('names as removed from requests just what the proxy removes', () => {
  const removed = kubectlProxy.headers
    .filter(({ on, action }) => on === 'request' && action === 'removed')
    .map(({ name }) => name.toLowerCase());
  expect(removed.sort()).toEqual([...hopByHop].sort());
});

it('has the defaults that kubectl prints', () => {
  expect(flagDefault('accept-hosts')).toBe(String.raw`^localhost$,^127\.0\.0\.1$,^\[::1\]$`);
  expect(flagDefault('reject-paths')).toBe('^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach');
  expect([flagDefault('address'), flagDefault('port')]).toEqual(['127.0.0.1', 8001]);
});

it('goes by the version of its package', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
  expect(userAgent).toBe(`hop-by-hop/${version}`);
});

/** Where a difference is tried that no recorded case shows: the file, and the title in it. */
const triedIn: Readonly<Record<string, readonly [file: string, title: string]>> = {
  'upgrade-hop-by-hop': ['request-lines.test.ts', 'names nothing but the upgrade and keep-alive'],
  'links-out-of-directory': ['static-files.test.ts', 'nothing outside of the directory'],
  'early-tunnel-bytes': ['proxy.test.ts', 'also those that come with the request'],
  'http-1-upstream': ['request-lines.test.ts', 'is one of HTTP/1.1'],
};

it('states no difference that nothing tries', () => {
  const unrecorded = kubectlProxy.differences.filter(({ cases }) => cases.length === 0);
  expect(unrecorded.map(({ id }) => id).sort()).toEqual(Object.keys(triedIn).sort());
  for (const [file, title] of Object.values(triedIn)) {
    expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(title);
  }
});
