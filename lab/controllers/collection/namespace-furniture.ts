/** What every namespace is given: its `default` ServiceAccount, and the authority of the apiservers. */
import type { KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { ApiError, isRefusal } from '../../../proxies/kit/api/errors.ts';
import {
  configMaps as configMapKind,
  inNamespace,
  namespaces as namespaceKind,
  pathOf,
  serviceAccounts as accountKind,
} from '../objects/collections.ts';
import type { StartController } from '../work/controller.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';

const account = 'default';
const authority = 'kube-root-ca.crt';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

export function furnishNamespaces(rootCa: string): StartController {
  return (cluster, begin) => {
    const { client } = cluster;
    const namespaces = cluster.follow(namespaceKind);
    const accounts = cluster.follow(accountKind);
    const configMaps = cluster.follow(configMapKind);
    const queue = createWorkQueue({
      name: 'namespace furniture',
      begin,
      reconcile,
      log: cluster.log,
    });
    const listening = new DisposableStack();
    listening.use(namespaces.onChange(({ object }) => queue.add(object.metadata.name)));
    listening.use(accounts.onChange(({ object }) => look(object, account)));
    listening.use(configMaps.onChange(({ object }) => look(object, authority)));
    const look = ({ metadata: { name, namespace } }: KubeObject, wanted: string) => {
      if (name === wanted && namespace) queue.add(namespace);
    };

    async function reconcile(name: string): Promise<undefined> {
      const namespace = namespaces.get(name);
      if (!namespace || namespace.metadata.deletionTimestamp) return;
      // Pods may be made once the account is there: then they should find the rest, too.
      await giveAuthority(name);
      await giveAccount(name);
    }

    async function giveAccount(namespace: string): Promise<void> {
      if (accounts.get(`${namespace}/${account}`)) return;
      const metadata = { name: account, namespace };
      await unlessThere(client.create(inNamespace(accountKind, namespace), { metadata }));
    }

    async function giveAuthority(namespace: string): Promise<void> {
      const data = { 'ca.crt': rootCa };
      const annotations = { 'kubernetes.io/description': description };
      const known = configMaps.get(`${namespace}/${authority}`);
      if (!known) {
        const metadata = { name: authority, namespace, annotations };
        await unlessThere(client.create(inNamespace(configMapKind, namespace), { metadata, data }));
      } else if (known.data?.['ca.crt'] !== rootCa || Object.keys(known.data).length !== 1) {
        await client.update(pathOf(configMapKind, known), { ...known, data });
      }
    }

    return {
      [Symbol.asyncDispose]: async () => {
        listening.dispose();
        await queue[Symbol.asyncDispose]();
      },
    };
  };
}

/** Made by somebody else, or in a namespace that goes away: both are well. */
async function unlessThere(created: Promise<unknown>): Promise<void> {
  try {
    await created;
  } catch (error) {
    if (isRefusal(error, 'AlreadyExists')) return;
    if (error instanceof ApiError && (error.code === 403 || error.code === 404)) return;
    throw error;
  }
}
