/** Files that may be replaced while we run, as a mounted Secret is. */
import { unwatchFile, watchFile } from 'node:fs';

/** Looks at them by name, because what is mounted is replaced by swapping links. */
const everyMs = 1_000;

/** Calls back after one of them has changed. */
export function followFiles(paths: readonly string[], onChange: () => void): Disposable {
  const named = paths.filter((path) => path !== '');
  for (const path of named) watchFile(path, { interval: everyMs, persistent: false }, onChange);
  return {
    [Symbol.dispose]: () => {
      for (const path of named) unwatchFile(path, onChange);
    },
  };
}
