import { expect, it } from 'vitest';
import type { ApiClient } from '../../kit/api/api-client.ts';
import { ApiError, UnreachableError } from '../../kit/api/errors.ts';
import { watchObjects } from './watched-lookup.ts';

const slice = (name: string, ip: string) => ({
  metadata: {
    name,
    namespace: 'default',
    resourceVersion: '1',
    labels: { 'kubernetes.io/service-name': 'web' },
  },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 80 }],
  endpoints: [{ addresses: [ip], conditions: { ready: true } }],
});

/** A lookup whose watches tell nothing, over an apiserver with these answers; and what was asked beside. */
async function lookupOver(answers: Readonly<Record<string, object>>) {
  const asked: string[] = [];
  const lists = /^\/(api|apis\/discovery\.k8s\.io)\/v1\/[a-z]+$/;
  const api = {
    get: async (path: string) => {
      if (!lists.test(path)) asked.push(path);
      const answer = answers[path];
      if (answer instanceof Error) throw answer;
      if (answer) return answer;
      if (lists.test(path)) return { metadata: { resourceVersion: '1' }, items: [] };
      throw new ApiError(404, { reason: 'NotFound' });
    },
    watch: (_path: string, { signal }: { readonly signal: AbortSignal }) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
      }),
  };
  // The border: nothing else of a client is used.
  const lookup = watchObjects(api as unknown as ApiClient, () => undefined);
  await lookup.synced;
  return { lookup, asked };
}

const pods = '/api/v1/namespaces/default/pods';
const services = '/api/v1/namespaces/default/services';

it('asks for what it has not heard of, once for all who ask meanwhile', async () => {
  const pod = { metadata: { name: 'new-0' }, status: { podIPs: [{ ip: '10.244.1.5' }] } };
  const { lookup, asked } = await lookupOver({ [`${pods}/new-0`]: pod });
  await using owned = lookup;
  const found = await Promise.all([owned.pod('default', 'new-0'), owned.pod('default', 'new-0')]);
  expect(found).toMatchObject([{ status: pod.status }, { status: pod.status }]);
  expect(asked).toEqual([`${pods}/new-0`]);
});

it('asks for the EndpointSlices of a Service that is new', async () => {
  const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
  const { lookup } = await lookupOver({
    [`${services}/web`]: { metadata: { name: 'web' }, spec: {} },
    [path]: { items: [slice('web-1', '10.244.1.5')] },
  });
  await using owned = lookup;
  expect(await owned.endpoints('default', 'web')).toMatchObject([
    { addresses: [{ ip: '10.244.1.5' }], ports: [{ name: 'http', port: 80 }] },
  ]);
});

it('asks for nothing that it knows', async () => {
  const { lookup, asked } = await lookupOver({
    '/api/v1/services': {
      metadata: { resourceVersion: '1' },
      items: [{ metadata: { name: 'web', namespace: 'default', resourceVersion: '1' }, spec: {} }],
    },
    '/apis/discovery.k8s.io/v1/endpointslices': {
      metadata: { resourceVersion: '1' },
      items: [slice('web-1', '10.244.1.5'), slice('web-2', '10.244.2.5')],
    },
  });
  await using owned = lookup;
  expect(await owned.endpoints('default', 'web')).toHaveLength(2);
  expect(asked).toEqual([]);
});

it('finds nothing where there is nothing, and says so where nobody can tell', async () => {
  const away = new UnreachableError('away', false);
  const { lookup } = await lookupOver({ [`${pods}/away-0`]: away });
  await using owned = lookup;
  expect(await owned.pod('default', 'nosuch')).toBeUndefined();
  expect(await owned.endpoints('default', 'nosuch')).toBeUndefined();
  await expect(owned.pod('default', 'away-0')).rejects.toMatchObject({ code: 503 });
});

it.each(['', '.', '..', '../secrets/x', 'a%2e', 'a/../../secrets/x'])(
  'takes %j for no name, and asks for nothing',
  async (name) => {
    const { lookup, asked } = await lookupOver({});
    await using owned = lookup;
    expect(await owned.pod('default', name)).toBeUndefined();
    expect(await owned.service(name, 'web')).toBeUndefined();
    expect(await owned.node(name)).toBeUndefined();
    expect(asked).toEqual([]);
  },
);

it('asks for a name as one segment of the path', async () => {
  const { lookup, asked } = await lookupOver({});
  await using owned = lookup;
  await owned.pod('default', 'a?b c');
  expect(asked).toEqual([`${pods}/a%3Fb%20c`]);
});
