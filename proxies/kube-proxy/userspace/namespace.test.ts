import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { missingNeeds } from '../../kit/needs.ts';
import type { NamespaceReport } from './testing/namespace-main.ts';

const main = fileURLToPath(new URL('testing/namespace-main.ts', import.meta.url));
const namespace = ['--user', '--map-root-user', '--net', '--mount', '--kill-child'];
// In CI nothing may be missing: there the tests fail.
const isImpossible = !process.env.CI && missingNeeds().includes('isolation');

describe.skipIf(isImpossible)('userspace mode on a node with a network of its own', () => {
  let reports: Readonly<Record<'IPv4' | 'IPv6', NamespaceReport>>;
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)('unshare', [...namespace, process.execPath, main]);
    reports = JSON.parse(stdout) as typeof reports;
  });

  it.each(['IPv4', 'IPv6'] as const)('serves Services at their own addresses, %s', (family) => {
    expect(reports[family]).toMatchObject({ served: 'hello', nodePort: 'hello', log: [] });
  });

  it.each(['IPv4', 'IPv6'] as const)(
    'refuses other ports, and Services without endpoints, %s',
    (family) => {
      expect(reports[family]).toMatchObject({
        otherPort: 'ECONNREFUSED',
        noEndpoints: 'ECONNREFUSED',
      });
    },
  );

  it.each(['IPv4', 'IPv6'] as const)('lets the node ask with its own address, %s', (family) => {
    expect(reports[family].source).toBe(family === 'IPv4' ? '192.168.0.2' : '[fd00:192::2]');
  });

  it.each(['IPv4', 'IPv6'] as const)('leaves the node as it was, %s', (family) => {
    expect(reports[family].routes).toEqual([2, 1, 0]);
    expect(reports[family].nonlocalBind).toEqual(['0', family === 'IPv6' ? '1' : '0', '0']);
  });

  it.each(['IPv4', 'IPv6'] as const)('puts back what somebody took away, %s', (family) => {
    expect(reports[family].repaired).toBe('hello');
  });
});
