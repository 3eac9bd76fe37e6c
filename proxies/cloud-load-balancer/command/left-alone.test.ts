import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../kit/api/errors.ts';
import { readPool } from '../hop-cloud/addresses/pool.ts';
import type { Service } from '../service.ts';
import { serviceOf, servicesPath } from '../testing/controller-world.ts';
import { createFakeCluster, type FakeCluster } from '../testing/fake-cluster.ts';
import { createLeftAlone, type IsLeftAlone } from './left-alone.ts';

const manager = 'hop-cloud-lb';
const path = `${servicesPath}/web`;
const { signal } = new AbortController();

let cluster: FakeCluster;
let warnings: string[];
let isLeftAlone: IsLeftAlone;

beforeEach(() => {
  cluster = createFakeCluster();
  warnings = [];
  isLeftAlone = createLeftAlone({
    client: cluster.client,
    pools: [readPool('203.0.113.0/24')],
    manager,
    warn: (text) => warnings.push(text),
  });
});

/** With a hostname, whose status was written by this one. */
async function shownBy(writer: string): Promise<Service> {
  const fieldsV1 = { 'f:status': { 'f:loadBalancer': { 'f:ingress': {} } } };
  const managedFields = [{ manager: writer, fieldsV1 }];
  const status = { loadBalancer: { ingress: [{ hostname: 'web.example' }] } };
  const service = { ...serviceOf('web', {}, { managedFields }), status };
  return cluster.api.create<Service>(servicesPath, service);
}

describe('a Service with a hostname', () => {
  it('that we wrote is ours', async () => {
    expect(await isLeftAlone(await shownBy(manager), signal)).toBe(false);
    expect(warnings).toEqual([]);
  });

  it('that another wrote is left alone, which is said once', async () => {
    const service = await shownBy('aws-cloud-controller-manager');
    expect(await isLeftAlone(service, signal)).toBe(true);
    expect(await isLeftAlone(service, signal)).toBe(true);
    expect(warnings).toEqual([expect.stringMatching(/^Service default\/web has web\.example/)]);
    expect(cluster.requests).toEqual([`GET ${path}`]);
  });

  it.each([500, 503, 429])('is asked about again where the apiserver answers %i', async (code) => {
    const service = await shownBy(manager);
    const error = new ApiError(code, { message: 'not now' });
    cluster.failNext(/^GET /, error);
    await expect(isLeftAlone(service, signal)).rejects.toBe(error);
    expect(await isLeftAlone(service, signal)).toBe(false);
    expect(warnings).toEqual([]);
  });

  it('that is gone needs nothing, and nothing is said of it', async () => {
    const service = await shownBy(manager);
    await cluster.api.delete(path);
    expect(await isLeftAlone(service, signal)).toBe(true);
    expect(warnings).toEqual([]);
  });
});
