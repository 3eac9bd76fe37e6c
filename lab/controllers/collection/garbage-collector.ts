/**
 * Deletes what has lost its owners; holds an owner that is deleted in the foreground until its
 * dependents are gone, and lets dependents of an owner that orphans them go their own way.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 */
import type { KubeObject, OwnerReference } from '../../../proxies/kit/api/api-client.ts';
import { ApiError } from '../../../proxies/kit/api/errors.ts';
import { inNamespace, pathOf } from '../objects/collections.ts';
import type { StartController } from '../work/controller.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';
import { followEverything, type Everything } from './everything.ts';
import { createOwnerGraph, ownersOf, uidOf, type GraphNode } from './owner-graph.ts';

const foreground = 'foregroundDeletion';
const orphan = 'orphan';

export const startGarbageCollector: StartController = (cluster, begin) => {
  const { client } = cluster;
  const graph = createOwnerGraph();
  const stop = new AbortController();
  let everything: Everything | undefined;
  const filled = begin.then(async () => {
    everything = await followEverything(cluster, stop.signal);
    listening.use(everything.onChange((kind, change) => see(kind, change)));
  });
  const queue = createWorkQueue({
    name: 'garbage',
    begin: filled,
    workers: 20,
    reconcile,
    log: cluster.log,
  });
  const listening = new DisposableStack();
  filled.catch((error: unknown) => {
    if (!stop.signal.aborted) cluster.log(`garbage: ${String(error)}`);
  });

  const see: Parameters<Everything['onChange']>[0] = (kind, change) => {
    const { object } = change;
    const uid = uidOf(object);
    const node = { kind, object };
    if (change.type === 'deleted') {
      graph.remove(object);
      // Its dependents may be garbage now, and its owners may have waited for it.
      addAll(graph.dependentsOf(uid));
      for (const owner of ownersOf(object)) queue.add(owner.uid);
      return;
    }
    const previous = change.type === 'changed' ? change.previous : undefined;
    graph.put(node);
    if (previous && !isWorthALook(previous, object)) return;
    if (ownersOf(object).length > 0 || isLeavingWith(object, foreground, orphan)) queue.add(uid);
    for (const owner of ownersOf(previous)) queue.add(owner.uid);
    if (isLeavingWith(object, foreground)) addAll(graph.dependentsOf(uid));
  };
  const addAll = (nodes: readonly GraphNode[]) => {
    for (const { object } of nodes) queue.add(uidOf(object));
  };

  async function reconcile(uid: string): Promise<undefined> {
    const node = graph.get(uid);
    if (!node) return;
    if (isLeavingWith(node.object, orphan)) return letDependentsGo(node);
    if (isLeavingWith(node.object, foreground)) return awaitDependents(node);
    if (node.object.metadata.deletionTimestamp || ownersOf(node.object).length === 0) return;
    const owners = await sortOwners(node);
    if (owners.unknown > 0) return;
    if (owners.solid.length > 0) {
      const lost = [...owners.absent, ...owners.waiting];
      if (lost.length > 0) await removeOwners(node, lost);
      return;
    }
    const isChain = owners.waiting.length > 0 && graph.dependentsOf(uid).length > 0;
    await remove(node, isChain ? 'Foreground' : 'Background');
  }

  /** Which owners are there, which are gone, and which wait for this very dependent to go. */
  async function sortOwners(node: GraphNode) {
    const solid: OwnerReference[] = [];
    const absent: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    let unknown = 0;
    for (const owner of ownersOf(node.object)) {
      const found = await findOwner(node.object, owner);
      if (found === 'unknown') unknown++;
      else if (!found) absent.push(owner);
      else if (isLeavingWith(found, foreground) && owner.blockOwnerDeletion) waiting.push(owner);
      else solid.push(owner);
    }
    return { solid, absent, waiting, unknown };
  }

  /** What the cache does not show may be newer than the cache: ask before you call it gone. */
  async function findOwner(
    { metadata }: KubeObject,
    owner: OwnerReference,
  ): Promise<KubeObject | 'unknown' | undefined> {
    const known = graph.get(owner.uid);
    if (known) {
      const { namespace } = known.object.metadata;
      return !namespace || namespace === metadata.namespace ? known.object : undefined;
    }
    const kind = everything?.findKind(owner.apiVersion, owner.kind);
    // Without such a kind, or from outside of a namespace into one, nothing can be said.
    if (!kind || (kind.isNamespaced && !metadata.namespace)) return 'unknown';
    const namespace = kind.isNamespaced ? metadata.namespace : '';
    try {
      const found = await client.get(`${inNamespace(kind, namespace)}/${owner.name}`);
      return found.metadata.uid === owner.uid ? found : undefined;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  async function awaitDependents(node: GraphNode): Promise<undefined> {
    const uid = uidOf(node.object);
    const dependents = graph.dependentsOf(uid);
    const isBlocked = dependents.some(({ object }) =>
      ownersOf(object).some((owner) => owner.uid === uid && owner.blockOwnerDeletion),
    );
    if (isBlocked) addAll(dependents.filter(({ object }) => !object.metadata.deletionTimestamp));
    else await removeFinalizer(node, foreground);
  }

  async function letDependentsGo(node: GraphNode): Promise<undefined> {
    const { uid = '', name } = node.object.metadata;
    const owner = { apiVersion: node.kind.apiVersion, kind: node.kind.kind, name, uid };
    await Promise.all(graph.dependentsOf(uid).map((dependent) => removeOwners(dependent, [owner])));
    await removeFinalizer(node, orphan);
  }

  async function removeOwners(node: GraphNode, lost: readonly OwnerReference[]): Promise<void> {
    const uids = new Set(lost.map(({ uid }) => uid));
    const ownerReferences = ownersOf(node.object).filter(({ uid }) => !uids.has(uid));
    await patch(node, { ownerReferences });
  }

  async function removeFinalizer(node: GraphNode, finalizer: string): Promise<void> {
    const finalizers = node.object.metadata.finalizers?.filter((one) => one !== finalizer) ?? [];
    await patch(node, { finalizers });
  }

  /** Only over the version that we decided on. */
  async function patch({ kind, object }: GraphNode, metadata: object): Promise<void> {
    const { uid, resourceVersion } = object.metadata;
    await unlessGone(
      client.patch(pathOf(kind, object), 'merge', {
        metadata: { uid, resourceVersion, ...metadata },
      }),
    );
  }

  async function remove(
    { kind, object }: GraphNode,
    propagationPolicy: 'Foreground' | 'Background',
  ): Promise<void> {
    const { uid, resourceVersion } = object.metadata;
    const preconditions = { uid, resourceVersion };
    await unlessGone(client.delete(pathOf(kind, object), { propagationPolicy, preconditions }));
  }

  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      listening.dispose();
      await queue[Symbol.asyncDispose]();
    },
  };
};

function isLeavingWith({ metadata }: KubeObject, ...finalizers: readonly string[]): boolean {
  if (!metadata.deletionTimestamp) return false;
  return finalizers.some((one) => metadata.finalizers?.includes(one));
}

function isWorthALook({ metadata: before }: KubeObject, { metadata: after }: KubeObject): boolean {
  return (
    before.deletionTimestamp !== after.deletionTimestamp ||
    before.finalizers?.join() !== after.finalizers?.join() ||
    JSON.stringify(before.ownerReferences) !== JSON.stringify(after.ownerReferences)
  );
}

async function unlessGone(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  }
}
