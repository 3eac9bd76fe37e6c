/** The configuration file: a change of it ends the process, so that it is started with the new one. */
import { readFile } from 'node:fs/promises';

export interface FileWatch extends Disposable {
  /** Rejects in upstream's words. */
  readonly ended: Promise<never>;
}

/** A ConfigMap is changed by another link: only looking again finds it. */
const lookEveryMs = 1000;

/** To be called before it is read for its contents. @param path empty: nothing changes */
export function untilFileChanges(path: string): FileWatch {
  const { promise, reject } = Promise.withResolvers<never>();
  // It may be raced by something that ends before.
  promise.catch(() => undefined);
  if (path === '') return { ended: promise, [Symbol.dispose]: () => undefined };
  const read = () => readFile(path, 'utf8').catch(() => null);
  const before = read();
  const look = async () => {
    const [was, is] = await Promise.all([before, read()]);
    // Gone, it may be on its way.
    if (is === null || is === was) return;
    reject(new Error("content of the proxy server's configuration file was updated"));
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  return { ended: promise, [Symbol.dispose]: () => clearInterval(timer) };
}
