/**
 * Visitors: they read everything but secrets, try any write without effect (`dryRun=All`), and change
 * what is in a namespace of their own, which goes with them. All of it is made through the API.
 */
import type { ApiClient, KubeObject } from '../proxies/kit/api/api-client.ts';
import { isRefusal } from '../proxies/kit/api/errors.ts';
import {
  bindVisitor,
  ensureVisitorRoles,
  ownNamespaceRole,
  unbindVisitor,
} from './visitor-roles.ts';

export interface Visitor extends AsyncDisposable {
  /** `visitor-<id>`; removed with all that is in it when the visitor is disposed. */
  readonly namespace: string;
  readonly user: string;
  /** A bearer token that the lab's apiservers take for this visitor, until it is disposed. */
  readonly token: string;
}

export interface Visitors {
  /**
   * Makes the visitor's namespace and token.
   *
   * @throws Error when the id is not a DNS label of at most 50 characters, or is taken.
   */
  create(id: string): Promise<Visitor>;
}

const idFormat = /^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$/;
const visitorLabel = 'hop-by-hop.dev/visitor';
const account = 'visitor';
const namespaces = '/api/v1/namespaces';
/** Longer than a visit lasts. */
const tokenSeconds = 24 * 60 * 60;

/**
 * Gives visitors their roles, and removes those of an earlier lab that was not ended in order.
 *
 * @param client an administrator's; the caller keeps and ends it.
 */
export async function openVisitors(client: ApiClient): Promise<Visitors> {
  await ensureVisitorRoles(client);
  const left = await client.get<{ readonly items: readonly KubeObject[] }>(namespaces, {
    query: { labelSelector: visitorLabel },
  });
  await Promise.all(left.items.map(({ metadata }) => removeVisitor(client, metadata.name)));
  return {
    create: async (id) => {
      if (!idFormat.test(id)) throw new Error(`A visitor's id must be a DNS label: ${id}`);
      const namespace = `visitor-${id}`;
      const owner = await client
        .create(namespaces, { metadata: { name: namespace, labels: { [visitorLabel]: id } } })
        .catch((error: unknown) => {
          if (!isRefusal(error, 'AlreadyExists')) throw error;
          throw new Error(`This visitor is here already: ${id}`, { cause: error });
        });
      try {
        const token = await admit(client, owner);
        return {
          namespace,
          user: `system:serviceaccount:${namespace}:${account}`,
          token,
          [Symbol.asyncDispose]: () => removeVisitor(client, namespace),
        };
      } catch (error) {
        await removeVisitor(client, namespace).catch(() => undefined);
        throw error;
      }
    },
  };
}

interface TokenRequest {
  readonly status: { readonly token: string };
}

/** The ServiceAccount that the visitor is, what it may do, and its token. */
async function admit(client: ApiClient, owner: KubeObject): Promise<string> {
  const namespace = owner.metadata.name;
  const accounts = `${namespaces}/${namespace}/serviceaccounts`;
  const subject = { kind: 'ServiceAccount', name: account, namespace };
  await Promise.all([
    client.create(accounts, { metadata: { name: account } }),
    bindVisitor(client, owner, subject),
    client.create(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
      metadata: { name: account },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: ownNamespaceRole,
      },
      subjects: [subject],
    }),
  ]);
  const { status } = await client.create<TokenRequest>(`${accounts}/${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [], expirationSeconds: tokenSeconds },
  });
  return status.token;
}

/** First the ServiceAccount: with it the token ends at once. The rest of the namespace may take longer. */
async function removeVisitor(client: ApiClient, namespace: string): Promise<void> {
  const path = `${namespaces}/${namespace}`;
  for (const one of [`${path}/serviceaccounts/${account}`, path]) {
    await client.delete(one).catch((error: unknown) => {
      if (!isRefusal(error, 'NotFound') && !isRefusal(error, 'Conflict')) throw error;
    });
  }
  await unbindVisitor(client, namespace);
}
