/**
 * A port with so many endpoints that a user namespace may not take them in one transaction. It goes in steps, at
 * each of which every number that a rule can pick has an endpoint: new numbers come first, old ones go last.
 */
import type { Batch } from './batch.ts';
import type { Committer } from './committer.ts';
import type { CollectionName } from './layout-facts.ts';

/** Where a port's commands are written. */
export type PortBatch = Pick<Batch, 'begin' | 'delete' | 'add'>;

/** What happens to one key. */
interface Change {
  readonly collection: CollectionName;
  readonly key: string;
  isDeleted: boolean;
  added: readonly [data: string, comment: string] | null;
}

/** @param write writes the commands of the port */
export async function writeInSteps(
  committer: Committer,
  write: (batch: PortBatch) => void,
): Promise<void> {
  const changes = new Map<string, Change>();
  const changeOf = (collection: CollectionName, key: string): Change => {
    const id = `${collection} ${key}`;
    const change = changes.get(id) ?? { collection, key, isDeleted: false, added: null };
    changes.set(id, change);
    return change;
  };
  write({
    begin: (...commands) => committer.batch.begin(...commands),
    delete: (collection, key) => {
      changeOf(collection, key).isDeleted = true;
    },
    add: (collection, key, data, comment) => {
      changeOf(collection, key).added = [data, comment];
    },
  });
  for (const change of [...changes.values()].toSorted((a, b) => stepOf(a) - stepOf(b))) {
    const { collection, key, isDeleted, added } = change;
    if (isDeleted) committer.batch.delete(collection, key);
    if (added !== null) committer.batch.add(collection, key, ...added);
    await committer.commitIfLarge();
  }
}

function stepOf({ collection, isDeleted, added }: Change): number {
  if (!collection.endsWith('endpoints')) return 1;
  if (added === null) return 2;
  return isDeleted ? 1 : 0;
}
