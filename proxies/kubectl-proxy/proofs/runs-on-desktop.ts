/** An ordinary user, a kubeconfig, one command: the cluster answers. Refuted by a kubeconfig nobody can read. */
import { chmod, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { defineProof, type Notebook } from '../../kit/proof.ts';
import { sendRaw } from './raw-request.ts';
import { runCommand } from './running-command.ts';

export const runsOnDesktop = defineProof({
  claimed: async (laboratory) => {
    const apiserver = await laboratory.startApiserver();
    const kubeconfig = await apiserver.kubeconfig();
    return {
      kubeconfig,
      uid: await ordinaryUser(kubeconfig),
      [Symbol.asyncDispose]: () => apiserver[Symbol.asyncDispose](),
    };
  },
  refuted: async () => ({
    // Relative: the evidence is shown on the page, without a path of the machine that built it.
    kubeconfig: 'no-such-kubeconfig',
    uid: undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }),
  probe: async ({ kubeconfig, uid }, notebook: Notebook, { signal, directory }) => {
    await using command = await runCommand({
      args: ['--kubeconfig', kubeconfig, '--port', '0'],
      signal,
      cwd: directory,
      uid,
      onHop: notebook.hop,
    });
    notebook.check(command.isServing, 'started', {
      uid: uid ?? process.getuid?.() ?? -1,
      output: command.stderr().trim().split('\n')[0] ?? '',
    });
    const answer = await sendRaw(command, { target: '/version' });
    notebook.check(answer.status === 200, 'answered', {
      target: '/version',
      status: answer.status,
    });
  },
});

const nobody = 65534;

/**
 * Root is no ordinary user: steps down to `nobody` where that user can reach the code, and gives
 * it the kubeconfig. Undefined: stay who you are.
 */
async function ordinaryUser(kubeconfig: string): Promise<number | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return undefined;
  }
  for (let path = kubeconfig; path !== dirname(path); path = dirname(path)) {
    const { mode, uid } = await stat(path);
    if (uid === 0 && (mode & 0o005) === 0) await chmod(path, path === kubeconfig ? 0o644 : 0o755);
  }
  return nobody;
}
