/** A namespace that is deleted: first its pods, then everything else, then its finalizer. */
import type { KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { ApiError } from '../../../proxies/kit/api/errors.ts';
import { inNamespace, namespaces as namespaceKind, pathOf } from '../objects/collections.ts';
import { now, type Condition } from '../objects/meta.ts';
import type { Namespace } from '../objects/namespace.ts';
import type { StartController } from '../work/controller.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';
import type { DiscoveredKind } from './discovery.ts';
import { followEverything, type Everything } from './everything.ts';

const finalizer = 'kubernetes';
/** Deletions come back as events; what has no events, or hides, is looked for again. */
const lookAgainMs = 5000;
/** Deletions come in swarms: one look for those that come together. */
const togetherMs = 10;

export const startNamespaces: StartController = (cluster, begin) => {
  const { client } = cluster;
  const namespaces = cluster.follow(namespaceKind);
  const stop = new AbortController();
  const listening = new DisposableStack();
  let everything: Everything | undefined;
  const filled = begin.then(async () => {
    everything = await followEverything(cluster, stop.signal);
    const seen = everything.onChange((_, { type, object }) => {
      const { namespace = '' } = object.metadata;
      if (type === 'deleted' && isLeaving(namespaces.get(namespace))) {
        queue.addAfter(namespace, togetherMs);
      }
    });
    listening.use(seen);
  });
  filled.catch((error: unknown) => {
    if (!stop.signal.aborted) cluster.log(`namespace: ${String(error)}`);
  });
  const queue = createWorkQueue({
    name: 'namespace',
    begin: filled,
    workers: 10,
    reconcile,
    log: cluster.log,
  });
  listening.use(
    namespaces.onChange(({ object }) => {
      if (isLeaving(object)) queue.add(object.metadata.name);
    }),
  );

  async function reconcile(name: string): Promise<number | undefined> {
    const namespace = namespaces.get(name);
    if (!namespace || !isLeaving(namespace)) return undefined;
    const kinds = (everything?.kinds ?? []).filter(({ isNamespaced }) => isNamespaced);
    const pods = kinds.filter(({ kind, group }) => kind === 'Pod' && group === '');
    const others = kinds.filter((kind) => !pods.includes(kind));
    const left = await empty(name, pods);
    if (left.length === 0) left.push(...(await empty(name, others)));
    if (left.length > 0) {
      await tell(namespace, conditionsFor(left));
      return lookAgainMs;
    }
    await tell(namespace, conditionsFor([]));
    await finalize(namespace);
    return undefined;
  }

  /** Deletes everything of these kinds, and says what is still there. */
  async function empty(namespace: string, kinds: readonly DiscoveredKind[]): Promise<Remainder[]> {
    const results = await Promise.all(
      kinds.map(async (kind) => {
        const before = await list(namespace, kind);
        if (before.length === 0) return [];
        await removeAll(namespace, kind, before);
        const objects = await list(namespace, kind);
        return objects.length === 0 ? [] : [{ kind, objects }];
      }),
    );
    return results.flat();
  }

  async function list(namespace: string, kind: DiscoveredKind): Promise<readonly KubeObject[]> {
    const { items = [] } = await client.get<{ readonly items?: readonly KubeObject[] }>(
      inNamespace(kind, namespace),
    );
    return items;
  }

  async function removeAll(
    namespace: string,
    kind: DiscoveredKind,
    objects: readonly KubeObject[],
  ): Promise<void> {
    const options = { propagationPolicy: 'Background' };
    if (kind.verbs.includes('deletecollection')) {
      await client.delete(inNamespace(kind, namespace), options);
      return;
    }
    const paths = objects.map((object) => pathOf(kind, object));
    await Promise.all(paths.map((path) => unlessGone(client.delete(path, options))));
  }

  async function tell(namespace: Namespace, fresh: readonly Condition[]): Promise<void> {
    const known = namespace.status?.conditions ?? [];
    const isSame = fresh.every((one) =>
      known.some(
        ({ type, status, message }) =>
          type === one.type && status === one.status && message === one.message,
      ),
    );
    // A namespace that was empty from the first needs no account of it.
    if (isSame || (known.length === 0 && fresh.every(({ status }) => status === 'False'))) return;
    const conditions = fresh.map((one) => {
      const before = known.find(({ type, status }) => type === one.type && status === one.status);
      return { ...one, lastTransitionTime: before?.lastTransitionTime ?? now() };
    });
    const patch = { status: { conditions } };
    await unlessGone(client.patch(pathOf(namespaceKind, namespace, 'status'), 'merge', patch));
  }

  async function finalize({ metadata, spec }: Namespace): Promise<void> {
    const finalizers = spec?.finalizers?.filter((one) => one !== finalizer) ?? [];
    const { name, uid = '' } = metadata;
    const sent = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, uid },
      spec: { finalizers },
    };
    await unlessGone(client.update(`${namespaceKind.path}/${name}/finalize`, sent));
  }

  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      listening.dispose();
      await queue[Symbol.asyncDispose]();
    },
  };
};

interface Remainder {
  readonly kind: DiscoveredKind;
  readonly objects: readonly KubeObject[];
}

function isLeaving(namespace: Namespace | undefined): boolean {
  return Boolean(
    namespace?.metadata.deletionTimestamp && namespace.spec?.finalizers?.includes(finalizer),
  );
}

/** Upstream's conditions and wording. */
function conditionsFor(left: readonly Remainder[]): readonly Condition[] {
  const held = new Map<string, number>();
  for (const one of left.flatMap(({ objects }) => objects)) {
    for (const name of one.metadata.finalizers ?? []) held.set(name, (held.get(name) ?? 0) + 1);
  }
  const contents = left.map(
    ({ kind: { plural, group }, objects }) =>
      `${plural}.${group} has ${objects.length} resource instances`,
  );
  const finalizers = [...held].map(([name, count]) => `${name} in ${count} resource instances`);
  return [
    condition(
      'NamespaceDeletionDiscoveryFailure',
      'False',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ),
    condition(
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    condition(
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    contents.length > 0
      ? condition(
          'NamespaceContentRemaining',
          'True',
          'SomeResourcesRemain',
          `Some resources are remaining: ${contents.join(', ')}`,
        )
      : condition(
          'NamespaceContentRemaining',
          'False',
          'ContentRemoved',
          'All content successfully removed',
        ),
    finalizers.length > 0
      ? condition(
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${finalizers.join(', ')}`,
        )
      : condition(
          'NamespaceFinalizersRemaining',
          'False',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ),
  ];
}

function condition(
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
): Condition {
  return { type, status, reason, message };
}

async function unlessGone(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof ApiError && (error.code === 404 || error.code === 409))) throw error;
  }
}
