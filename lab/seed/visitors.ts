/**
 * Visitors: they read everything but secrets, try any write without effect (`dryRun=All`), and change
 * what is in a namespace of their own, which goes with them.
 */
import { randomBytes } from 'node:crypto';
import type { Binding } from '../apiserver/static-bindings.ts';
import type { User } from '../apiserver/exchange.ts';
import { timestamp } from '../apiserver/metadata.ts';
import { deleteContents } from '../apiserver/namespace-contents.ts';
import { keyOf, toStored, type ApiStore } from '../apiserver/registry.ts';
import { findResource, resourceTable } from '../apiserver/resource-table.ts';
import type { Visitor } from '../visitors.ts';
import { seedObject } from './objects.ts';

export interface Visitors {
  readonly bindings: readonly Binding[];
  /** Somebody who is no visitor in particular: reads, and tries. */
  readonly anyone: User;
  /**
   * Makes the visitor's namespace and token.
   *
   * @throws Error when the id is not a DNS label of at most 50 characters, or is taken.
   */
  create(id: string): Promise<Visitor>;
}

const group = 'hop:visitors';
const idFormat = /^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$/;

export function createVisitors(store: ApiStore, tokens: Map<string, User>): Visitors {
  const owners = new Map<string, string>();

  return {
    bindings: [
      {
        groups: [group],
        rules: [{ verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: readable() }],
      },
      {
        groups: [group],
        isDryRunOnly: true,
        rules: [{ verbs: writeVerbs, apiGroups: ['*'], resources: readable() }],
      },
      {
        groups: [group],
        isNamespaceIncluded: (namespace, user) => owners.get(namespace) === user.name,
        rules: [{ verbs: ['*'], apiGroups: ['*'], resources: changeable() }],
      },
    ],
    anyone: { name: 'visitor', groups: [group] },

    create: async (id) => {
      const namespace = `visitor-${id}`;
      if (!idFormat.test(id)) throw new Error(`A visitor's id must be a DNS label: ${id}`);
      const resource = findResource('', 'v1', 'namespaces');
      if (!resource) throw new Error('The resource table has no namespaces.');
      const key = keyOf(resource, '', namespace);
      const labels = { 'hop-by-hop.dev/visitor': id };
      const { object } = seedObject(
        '',
        'namespaces',
        { name: namespace, createdAt: timestamp(), labels },
        { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
      );
      const write = await store.create(key, toStored(resource.defaults?.(object) ?? object));
      if (write.result !== 'written') throw new Error(`This visitor is here already: ${id}`);
      const user: User = { name: `visitor:${id}`, groups: [group] };
      const token = randomBytes(24).toString('base64url');
      owners.set(namespace, user.name);
      tokens.set(token, user);
      return {
        namespace,
        user: user.name,
        token,
        [Symbol.asyncDispose]: async () => {
          tokens.delete(token);
          owners.delete(namespace);
          await deleteContents(store, namespace);
          const entry = await store.get(key);
          if (entry) await store.delete(key, entry.revision);
        },
      };
    },
  };
}

const writeVerbs = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** All resources but those that visitors must not see. */
function readable(): readonly string[] {
  const names = resourceTable.map(({ plural }) => plural).filter((plural) => plural !== 'secrets');
  return [...names, '*/log', '*/status'];
}

/** In a visitor's own namespace: what is stored there, and the namespace itself is not. */
function changeable(): readonly string[] {
  const names = resourceTable.filter(({ namespaced }) => namespaced).map(({ plural }) => plural);
  return [...names, '*/log', '*/status'];
}
