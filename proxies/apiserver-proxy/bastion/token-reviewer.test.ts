import { expect, it } from 'vitest';
import type { ApiClient } from '../../kit/api/api-client.ts';
import { createTokenReviewer } from './token-reviewer.ts';

/** A reviewer whose apiserver says of every token what `status` says, and what it was asked. */
function reviewer(status: object, audiences: readonly string[] = []) {
  const asked: unknown[] = [];
  const create = (_path: string, object: object) => {
    asked.push(object);
    return Promise.resolve({ status });
  };
  // The border: nothing else of a client is used.
  const api = { create } as unknown as ApiClient;
  const review = createTokenReviewer({ api, audiences, ttlMs: 60_000, log: () => undefined });
  return { review, asked };
}

const jane = {
  username: 'jane',
  uid: '7',
  groups: ['dev'],
  extra: { 'example.com/scope': ['one'] },
};

it('gives the user with everything that is known of them, and asks once', async () => {
  const { review, asked } = reviewer({ authenticated: true, user: jane });
  const user = { name: 'jane', uid: '7', groups: ['dev'], extra: jane.extra };
  expect(await review('t')).toEqual(user);
  expect(await review('t')).toEqual(user);
  expect(asked).toEqual([
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 't' } },
  ]);
});

it.each([
  ['nobody’s', {}, []],
  ['nobody’s, with a name', { authenticated: false, user: jane }, []],
  ['somebody’s without a name', { authenticated: true, user: {} }, []],
  ['for others', { authenticated: true, user: jane, audiences: ['other'] }, ['hop']],
  ['of an apiserver that knows no audiences', { authenticated: true, user: jane }, ['hop']],
])('refuses a token that is %s', async (_, status, audiences) => {
  expect(await reviewer(status, audiences).review('t')).toBeUndefined();
});

it('takes a token that is for one of its audiences', async () => {
  const status = { authenticated: true, user: jane, audiences: ['hop'] };
  const { review, asked } = reviewer(status, ['api', 'hop']);
  expect(await review('t')).toMatchObject({ name: 'jane' });
  expect(asked).toMatchObject([{ spec: { audiences: ['api', 'hop'] } }]);
});

it('asks about so many at once, and turns others away', async () => {
  const { promise: answered, resolve } = Promise.withResolvers<object>();
  // The border: nothing else of a client is used.
  const api = { create: () => answered } as unknown as ApiClient;
  const review = createTokenReviewer({ api, audiences: [], ttlMs: 1, log: () => undefined });
  const waiting = Array.from({ length: 200 }, (_, index) => review(`made up ${index}`));
  await expect(review('one more')).rejects.toMatchObject({ code: 429 });
  // Who asks the same question waits for the same answer.
  const again = review('made up 0');
  resolve({ status: {} });
  expect(new Set(await Promise.all([...waiting, again]))).toEqual(new Set([undefined]));
  expect(await review('one more')).toBeUndefined();
});
