import { expect, it } from 'vitest';
import type { ApiClient } from '../proxies/kit/api/api-client.ts';
import { ApiError } from '../proxies/kit/api/errors.ts';
import { applyManifests } from './manifests.ts';

it('waits for a Service that is still being made when its own port is already taken', async () => {
  const asked: string[] = [];
  const refuse = (code: number, reason: string) => {
    throw new ApiError(code, { reason });
  };
  const client = {
    get: (path: string) => {
      if (!path.includes('/services/'))
        return Promise.resolve({
          resources: [{ name: 'services', kind: 'Service', namespaced: true }],
        });
      asked.push('get');
      return Promise.resolve().then(() => refuse(404, 'NotFound'));
    },
    create: () => {
      asked.push('create');
      return Promise.resolve().then(() =>
        asked.length === 1 ? refuse(422, 'Invalid') : refuse(409, 'AlreadyExists'),
      );
    },
  } as unknown as ApiClient;
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };
  await applyManifests(client, [service], AbortSignal.timeout(15_000));
  expect(asked).toEqual(['create', 'get', 'create']);
});
