import { expect, it } from 'vitest';
import type { ApiClient } from './api-client.ts';
import { UnreachableError } from './errors.ts';
import { createEventRecorder } from './event-recorder.ts';

const target = {
  apiVersion: 'v1',
  kind: 'Service',
  namespace: 'default',
  name: 'web',
  uid: 'u',
} as const;

it('keeps events until the apiserver is back, in their order, and counts what repeats', async () => {
  const posted: string[] = [];
  const { promise: done, resolve } = Promise.withResolvers<undefined>();
  let away = 3;
  const post = async (what: string) => {
    away -= 1;
    if (away >= 0) throw new UnreachableError('connect ECONNREFUSED', false);
    posted.push(what);
    if (posted.length === 3) resolve(undefined);
  };
  const refuse = () => Promise.reject(new Error('nobody asks this'));
  const client: ApiClient = {
    get: refuse,
    update: refuse,
    delete: refuse,
    watch: refuse,
    create: async <T extends object>(_path: string, event: object) => {
      await post((event as { readonly reason: string }).reason);
      // The border: nobody reads it.
      return event as T;
    },
    patch: async <T extends object>(_path: string, _type: string, patch: object) => {
      await post(`count ${(patch as { readonly count: number }).count}`);
      return patch as T;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const source = { component: 'service-controller', host: 'here' };
  await using recorder = createEventRecorder(client, source, 1);
  recorder.record(target, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
  recorder.record(target, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  recorder.record(target, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
  await done;
  expect(posted).toEqual(['EnsuringLoadBalancer', 'EnsuredLoadBalancer', 'count 2']);
});
