/** Says what becomes of the machines, in lines. */
import type { Cluster } from './cluster.ts';

/** @example 'node-2 is unreachable: no answer within 1500 ms' */
export function tellChanges(
  cluster: Pick<Cluster, 'machines' | 'onChange'>,
  write: (line: string) => void,
): Disposable {
  const told = new Map<string, string>();
  const look = () => {
    for (const { name, state, message } of cluster.machines()) {
      const line = `${name} is ${state}${message === undefined ? '' : `: ${message}`}`;
      if (told.get(name) === line) continue;
      // Where all begin is no news.
      if (told.has(name) || state !== 'starting') write(line);
      told.set(name, line);
    }
  };
  look();
  return cluster.onChange(look);
}
