import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory-store.ts';
import type { ApiObject } from '../api-object.ts';
import type { ApiStore } from '../registry.ts';
import { createServiceAccountTokens, type BoundObject } from './service-account-tokens.ts';

const signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const options = { issuers: ['lab'], audiences: ['lab'], keys: [signingKey], signingKey };
const account = '/core/serviceaccounts/default/ci';

/** Tokens over a store whose mirror has not seen anything yet. */
async function tokensBehind(...keys: readonly string[]) {
  const store = createMemoryStore<ApiObject>();
  for (const key of keys) await store.create(key, { metadata: { name: 'x', uid: key } });
  const behind: ApiStore = {
    ...store,
    get: (key, freshness) =>
      freshness?.notOlderThan === 0 ? Promise.resolve(undefined) : store.get(key),
  };
  return { store, tokens: createServiceAccountTokens(options, behind) };
}

const request = (bound?: BoundObject) => ({
  namespace: 'default',
  name: 'ci',
  uid: account,
  audiences: ['lab'],
  expirationSeconds: 600,
  ...(bound ? { bound } : {}),
});

it('takes a token whose ServiceAccount the mirror does not have yet', async () => {
  const { tokens } = await tokensBehind(account);
  const { token } = await tokens.issue(request());
  expect(await tokens.userOf(token)).toBeDefined();
});

it.each([
  ['Pod', '/core/pods/default/x'],
  ['Secret', '/core/secrets/default/x'],
  ['Node', '/core/nodes/x'],
] as const)('takes a token of a %s until that is gone', async (kind, key) => {
  const { store, tokens } = await tokensBehind(account, key);
  const { token } = await tokens.issue(request({ kind, name: 'x', uid: key }));
  expect(await tokens.userOf(token)).toBeDefined();
  await store.delete(key, (await store.get(key))?.revision ?? 0);
  expect(await tokens.userOf(token)).toBeUndefined();
});
