import { expect, it } from 'vitest';
import type { ApiClient } from './api-client.ts';
import { ApiError, UnreachableError } from './errors.ts';
import { createEventRecorder } from './event-recorder.ts';

const target = {
  apiVersion: 'v1',
  kind: 'Service',
  namespace: 'default',
  name: 'web',
  uid: 'u',
} as const;
const source = { component: 'service-controller', host: 'here' };

type Post = (what: string) => void;

/** @param post throws what the apiserver answers: `EnsuredLoadBalancer`, `count 2` */
function clientThat(post: Post): ApiClient {
  const refuse = () => Promise.reject(new Error('nobody asks this'));
  return {
    get: refuse,
    update: refuse,
    delete: refuse,
    watch: refuse,
    create: async <T extends object>(_path: string, event: object) => {
      post((event as { readonly reason: string }).reason);
      // The border: nobody reads it.
      return event as T;
    },
    patch: async <T extends object>(_path: string, _type: string, patch: object) => {
      post(`count ${(patch as { readonly count: number }).count}`);
      return patch as T;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

it('keeps events until the apiserver is back, in their order, and counts what repeats', async () => {
  const posted: string[] = [];
  const { promise: done, resolve } = Promise.withResolvers<undefined>();
  let away = 3;
  const client = clientThat((what) => {
    away -= 1;
    if (away >= 0) throw new UnreachableError('connect ECONNREFUSED', false);
    posted.push(what);
    if (posted.length === 3) resolve(undefined);
  });
  await using recorder = createEventRecorder(client, source, 1);
  recorder.record(target, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
  recorder.record(target, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  recorder.record(target, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
  await done;
  expect(posted).toEqual(['EnsuringLoadBalancer', 'EnsuredLoadBalancer', 'count 2']);
});

it('tells an event anew when the one that it counts on is gone', async () => {
  const posted: string[] = [];
  const { promise: done, resolve } = Promise.withResolvers<undefined>();
  let isExpired = true;
  const client = clientThat((what) => {
    posted.push(what);
    if (posted.length === 4) resolve(undefined);
    if (!what.startsWith('count') || !isExpired) return;
    isExpired = false;
    throw new ApiError(404, { reason: 'NotFound', message: 'events "web.1" not found' });
  });
  await using recorder = createEventRecorder(client, source, 1);
  for (let count = 0; count < 3; count += 1)
    recorder.record(target, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  await done;
  expect(posted).toEqual(['EnsuredLoadBalancer', 'count 2', 'EnsuredLoadBalancer', 'count 2']);
});
