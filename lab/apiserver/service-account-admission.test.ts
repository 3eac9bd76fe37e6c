import { expect, it } from 'vitest';
import type { JsonObject } from '../../proxies/kit/api/json.ts';
import { at, listAt } from './api-object.ts';
import { createTestApi } from './testing/test-api.ts';

const core = '/api/v1/namespaces/default';
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const container = (rest: JsonObject = {}) => ({ name: 'app', image: 'app', ...rest });
const pod = (spec: JsonObject = {}) => ({
  metadata: { name: 'app' },
  spec: { containers: [container()], ...spec },
});

/** With the account `default`, which says this of itself. */
async function startApi(account: JsonObject = {}) {
  const api = await createTestApi({ disableAdmissionPlugins: [] });
  await api.create(`${core}/serviceaccounts`, { metadata: { name: 'default' }, ...account });
  return api;
}

it('refuses a pod whose account is not there, also when it is only tried', async () => {
  const api = await createTestApi({ disableAdmissionPlugins: [] });
  for (const [path, serviceAccountName] of [
    ['pods', 'default'],
    ['pods?dryRun=All', 'ci'],
  ] as const) {
    const spec = serviceAccountName === 'default' ? {} : { serviceAccountName };
    expect((await api.send('POST', `${core}/${path}`, pod(spec))).json).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: `pods "app" is forbidden: error looking up service account default/${serviceAccountName}: serviceaccount "${serviceAccountName}" not found`,
    });
  }
});

it('mounts the token of the account in every container that has nothing there yet', async () => {
  const api = await startApi();
  const own = { name: 'own', mountPath };
  const made = await api.create(
    `${core}/pods`,
    pod({
      initContainers: [container({ name: 'init' })],
      containers: [container(), container({ name: 'other', volumeMounts: [own] })],
      volumes: [{ name: 'own', emptyDir: {} }],
    }),
  );
  const volume = at(made, 'spec', 'volumes', 1);
  const name = at(volume, 'name');
  expect(name).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(volume).toEqual({
    name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [
              {
                path: 'namespace',
                fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' },
              },
            ],
          },
        },
      ],
    },
  });
  const mount = { name, readOnly: true, mountPath };
  const mounts = [...listAt(made, 'spec', 'initContainers'), ...listAt(made, 'spec', 'containers')];
  expect(mounts.map((one) => at(one, 'volumeMounts'))).toEqual([[mount], [mount], [own]]);
});

it('leaves an update, and a copy of a pod that has it already, as they are', async () => {
  const api = await startApi();
  const made = await api.create(`${core}/pods`, pod());
  const labels = { app: 'web' };
  const changed = { ...made, metadata: { ...made.metadata, labels } };
  expect((await api.send('PUT', `${core}/pods/app`, changed)).json.spec).toEqual(made.spec);
  const copy = await api.create(`${core}/pods`, { metadata: { name: 'copy' }, spec: made.spec });
  expect(copy.spec).toEqual(made.spec);
});

it.each([
  ['the pod', {}, { automountServiceAccountToken: false }, false],
  ['the account', { automountServiceAccountToken: false }, {}, false],
  [
    'the pod, against its account',
    { automountServiceAccountToken: false },
    { automountServiceAccountToken: true },
    true,
  ],
])('mounts a token or none as %s says', async (_, account, spec, isMounted) => {
  const api = await startApi(account);
  const made = await api.create(`${core}/pods`, pod(spec));
  expect(listAt(made, 'spec', 'volumes')).toHaveLength(isMounted ? 1 : 0);
});

it('gives a pod the pull secrets of its account, unless it has its own', async () => {
  const api = await startApi({ imagePullSecrets: [{ name: 'registry' }] });
  const made = await api.create(`${core}/pods`, pod());
  expect(at(made, 'spec', 'imagePullSecrets')).toEqual([{ name: 'registry' }]);
  const imagePullSecrets = [{ name: 'mine' }];
  const dry = await api.create(`${core}/pods?dryRun=All`, {
    ...pod({ imagePullSecrets }),
    metadata: { name: 'other' },
  });
  expect(at(dry, 'spec', 'imagePullSecrets')).toEqual(imagePullSecrets);
});
