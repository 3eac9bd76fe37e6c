import { expect, it } from 'vitest';
import { textAt } from '../api-object.ts';
import { createTestApi, type TestApi } from '../testing/test-api.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

/** A resourceVersion that the next write will have. */
async function nextVersion(api: TestApi): Promise<number> {
  return (await api.store.currentRevision()) + 1;
}

it.each(['', '/note'])('answers a read of the future (%s) once it is there', async (name) => {
  const api = await createTestApi();
  await api.create(configMaps, { metadata: { name: 'note' } });
  const version = await nextVersion(api);
  const reading = api.send('GET', `${configMaps}${name}?resourceVersion=${version}`);
  const written = await api.send('PUT', `${configMaps}/note`, {
    metadata: { name: 'note' },
    data: { a: '1' },
  });
  expect(textAt(written.json, 'metadata', 'resourceVersion')).toBe(String(version));
  const { status, json } = await reading;
  expect([status, JSON.stringify(json)]).toEqual([200, expect.stringContaining('"a":"1"')]);
});

it.each([
  '?resourceVersion=900',
  '/note?resourceVersion=900',
  '?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=900',
])('refuses %s, a future that does not come, after three seconds', async (query) => {
  const api = await createTestApi();
  await api.create(configMaps, { metadata: { name: 'note' } });
  const beganAt = performance.now();
  const { json } = await api.send('GET', `${configMaps}${query}`);
  expect(performance.now() - beganAt).toBeGreaterThan(2900);
  const current = await api.store.currentRevision();
  expect(json).toMatchObject({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: 900, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });
});
