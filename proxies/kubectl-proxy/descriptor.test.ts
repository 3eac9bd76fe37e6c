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
