import { expect, it } from 'vitest';
import { ApiError } from '../../kit/api/errors.ts';
import type { UpstreamClient } from '../../kit/api/upstream-client.ts';
import { createFakeCluster } from '../testing/fake-cluster.ts';
import { untilAllowed } from './connect.ts';

it.each([429, 500, 503])('waits for an apiserver that answers %i', async (code) => {
  const client: UpstreamClient = {
    ...createFakeCluster().client,
    isReachable: true,
    get: () => Promise.reject(new ApiError(code, { message: 'too much to do' })),
  };
  const stopping = new AbortController();
  const said: string[] = [];
  const waiting = untilAllowed(
    client,
    { election: null },
    {
      say: (_, text) => {
        said.push(text);
        stopping.abort(new Error('waited'));
      },
      signal: stopping.signal,
    },
  );
  await expect(waiting).rejects.toThrow();
  expect(said).toEqual(['The apiserver does not answer yet: too much to do']);
});
