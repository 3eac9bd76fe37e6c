/** What had to be there before some cases began: files and sockets in the directory of the stage. */
import { once } from 'node:events';
import { copyFile, link, lstat, mkdir, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** @returns what undoes it. */
type Setup = (directory: string) => Promise<() => void>;

const nothing = () => undefined;

const setups: Readonly<Record<string, Setup>> = {
  'auth-home': async (directory) => {
    await mkdir(join(directory, 'home/.kube'), { recursive: true });
    await copyFile(join(directory, 'json.json'), join(directory, 'home/.kube/config'));
    return nothing;
  },
  'start-unix-stale': async (directory) => {
    // Closing unlinks the name it was bound to; another link to the socket stays, and nobody listens.
    const stop = await listenAt(join(directory, 'bound.sock'));
    await link(join(directory, 'bound.sock'), join(directory, 's.sock'));
    stop();
    return nothing;
  },
  'start-unix-live': (directory) => listenAt(join(directory, 's.sock')),
  'start-unix-symlink': async (directory) => {
    const stop = await listenAt(join(directory, 'real.sock'));
    await symlink(join(directory, 'real.sock'), join(directory, 's.sock'));
    return stop;
  },
};

/** Clears what earlier cases left, and prepares for this one. */
export async function setUp(id: string, directory: string): Promise<() => void> {
  for (const left of ['home/.kube', 's.sock', 'bound.sock', 'real.sock'])
    await rm(join(directory, left), { recursive: true, force: true });
  return (await setups[id]?.(directory)) ?? nothing;
}

/** What a case says of the socket, in the words of the recording. */
export async function observeSocket(directory: string): Promise<Record<string, string | boolean>> {
  const stats = await lstat(join(directory, 's.sock')).catch(() => null);
  if (!stats) return {};
  return {
    mode: `0o${(stats.mode & 0o777).toString(8)}`,
    is_socket: stats.isSocket(),
    is_symlink: stats.isSymbolicLink(),
  };
}

async function listenAt(path: string): Promise<() => void> {
  const server = createServer((socket) => socket.destroy());
  server.listen(path);
  await once(server, 'listening');
  return () => server.close();
}
