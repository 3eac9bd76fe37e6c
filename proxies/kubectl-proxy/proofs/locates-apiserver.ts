/**
 * No address on the command line: the kubeconfig's context says where the apiserver is, and
 * `--context` picks another. Refuted by a kubeconfig without a context.
 */
import { writeFile } from 'node:fs/promises';
import {
  defineProof,
  type Laboratory,
  type RecordingApiserver,
  type Notebook,
} from '../../kit/proof.ts';
import { sendRaw } from './raw-request.ts';
import { runCommand } from './running-command.ts';

const contexts = ['left', 'right'] as const;

export const locatesApiserver = defineProof({
  claimed: (laboratory) => twoClusters(laboratory, { hasContexts: true }),
  refuted: (laboratory) => twoClusters(laboratory, { hasContexts: false }),
  probe: async ({ apiservers, kubeconfig, hasContexts }, notebook: Notebook, { signal }) => {
    for (const [index, context] of contexts.entries()) {
      await using command = await runCommand({
        args: [
          '--port',
          '0',
          '--kubeconfig',
          kubeconfig,
          ...(hasContexts ? ['--context', context] : []),
        ],
        signal,
        onHop: notebook.hop,
      });
      if (!command.isServing) throw new Error(command.stderr());
      const answer = await sendRaw(command, { target: `/version?from=${context}` });
      const reached = apiservers
        .filter((apiserver) => apiserver.requests.some(({ target }) => target.endsWith(context)))
        .map((apiserver) => apiserver.server);
      const expected = apiservers[index]?.server ?? '';
      notebook.check(reached.join() === expected, 'located', {
        context,
        expected,
        reached,
        status: answer.status,
      });
    }
  },
});

async function twoClusters(
  laboratory: Laboratory,
  { hasContexts }: { readonly hasContexts: boolean },
) {
  const apiservers = await Promise.all(contexts.map(() => laboratory.startApiserver()));
  const kubeconfig = `${laboratory.directory}/two-clusters.yaml`;
  await writeFile(kubeconfig, JSON.stringify(describeClusters(apiservers, hasContexts)));
  return {
    apiservers,
    kubeconfig,
    hasContexts,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(apiservers.map((apiserver) => apiserver[Symbol.asyncDispose]()));
    },
  };
}

/** A kubeconfig; JSON is YAML. */
function describeClusters(apiservers: readonly RecordingApiserver[], hasContexts: boolean) {
  const named = contexts.flatMap((name, index) => {
    const apiserver = apiservers[index];
    return apiserver ? [{ name, apiserver }] : [];
  });
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: named.map(({ name, apiserver }) => ({
      name,
      cluster: { server: apiserver.server, 'certificate-authority': apiserver.caFile },
    })),
    users: named.map(({ name, apiserver }) => ({ name, user: { token: apiserver.token } })),
    contexts: hasContexts
      ? named.map(({ name }) => ({ name, context: { cluster: name, user: name } }))
      : [],
    'current-context': hasContexts ? contexts[0] : '',
  };
}
