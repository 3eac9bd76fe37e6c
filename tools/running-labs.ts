/** The labs that run on this machine, found by what each keeps in `.lab`. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stateDirectory } from '../lab/state-directory.ts';
import { isLocked } from '../lab/state-lock.ts';
import { project } from './project.ts';

export interface RunningLab {
  readonly directory: string;
  readonly kubeconfigPath: string;
}

/** The newest first. */
export async function runningLabs(): Promise<readonly RunningLab[]> {
  const parent = project('.lab');
  const names = await readdir(parent).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const directory = join(parent, name);
      const { passing } = stateDirectory(directory);
      if (!(await isLocked(passing.lock))) return [];
      const kubeconfigPath = passing.kubeconfig;
      // It is written at each start, and removed at the end.
      const written = await stat(kubeconfigPath).catch(() => null);
      return written === null ? [] : [{ directory, kubeconfigPath, at: written.mtimeMs }];
    }),
  );
  return found.flat().sort((one, other) => other.at - one.at);
}
