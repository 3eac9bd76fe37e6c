/** The usual world of a proof: an apiserver with a cluster of its own, and the targets behind it. */
import type { ApiClient } from '../../kit/api/api-client.ts';
import type { Laboratory, Notebook, RecordingApiserver } from '../../kit/proof.ts';
import { populate } from './cluster-objects.ts';
import { startTarget, type Target, type TargetOptions } from './target.ts';

export interface ClusterWorld extends AsyncDisposable {
  readonly apiserver: RecordingApiserver;
  readonly targets: readonly Target[];
}

export interface Surroundings {
  readonly laboratory: Laboratory;
  /** `hop` of the notebook; absent where there would be too many. */
  readonly onHop?: Notebook['hop'];
}

/** Starts both, and makes the objects; whatever was started ends when one of them cannot be had. */
export async function clusterWorld(
  { laboratory, onHop }: Surroundings,
  options: readonly TargetOptions[],
  make: (client: ApiClient, targets: readonly Target[]) => Promise<void>,
): Promise<ClusterWorld> {
  await using stack = new AsyncDisposableStack();
  const apiserver = stack.use(await laboratory.startApiserver(onHop && { onHop }));
  const targets: Target[] = [];
  for (const each of options) targets.push(stack.use(await startTarget(each)));
  await populate(apiserver, (client) => make(client, targets));
  const owned = stack.move();
  return { apiserver, targets, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
