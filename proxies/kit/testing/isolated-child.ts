/** A module that runs as the first process of namespaces of its own: all that it starts ends with it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const isolation = [
  ...['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork'],
  '--kill-child',
];

export interface IsolatedChild extends AsyncDisposable {
  /** With a channel; see `calls.ts`. */
  readonly child: ChildProcess;
}

/**
 * @param main a module that sends a first message when it is ready, and exits when its channel is closed
 * @throws Error with the reason where namespaces are not to be had
 */
export async function startIsolatedChild(main: URL): Promise<IsolatedChild> {
  const child = spawn('unshare', [...isolation, process.execPath, fileURLToPath(main)], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (data: string) => {
    complaint += data;
    if (complaint.length < 10_000) process.stderr.write(data);
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error(`The world has ended. ${complaint.trim()}`);
  });
  exited.catch(() => undefined);
  await Promise.race([once(child, 'message'), exited]);
  return {
    child,
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect();
      await exited.catch(() => undefined);
    },
  };
}
