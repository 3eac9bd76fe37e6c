/**
 * No kubeconfig, no home: only what a pod has, the two variables and the mounted service account.
 * The mount is real, in a mount namespace. Refuted by a pod without the token.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { sendRaw } from './raw-request.ts';
import { runCommand } from './running-command.ts';

const mountServiceAccount = `
mount -t tmpfs tmpfs /run &&
mkdir -p /run/secrets/kubernetes.io &&
cp -r "$1" /run/secrets/kubernetes.io/serviceaccount &&
shift && exec "$@"`;

export const runsInPod = defineProof({
  claimed: (laboratory) => podWorld(laboratory, { hasToken: true }),
  refuted: (laboratory) => podWorld(laboratory, { hasToken: false }),
  probe: async ({ apiserver, serviceAccount }, notebook: Notebook, { signal }) => {
    const { hostname, port } = new URL(apiserver.server);
    await using command = await runCommand({
      args: ['--port', '0'],
      env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      inside: [
        'unshare',
        '--user',
        '--map-root-user',
        '--mount',
        'sh',
        '-c',
        mountServiceAccount,
        'sh',
        serviceAccount,
      ],
      signal,
      onHop: notebook.hop,
    });
    notebook.check(command.isServing, 'started', { host: hostname, port });
    const answer = await sendRaw(command, { target: '/api' });
    const received = apiserver.requests.find((request) => request.target === '/api');
    const authorization = received?.headers.find(
      ([name]) => name.toLowerCase() === 'authorization',
    )?.[1];
    notebook.check(authorization === `Bearer ${apiserver.token}`, 'token-arrived', {
      status: answer.status,
    });
    notebook.check(answer.status === 200, 'answered', { target: '/api', status: answer.status });
  },
});

async function podWorld(laboratory: Laboratory, { hasToken }: { readonly hasToken: boolean }) {
  const apiserver = await laboratory.startApiserver();
  const serviceAccount = `${laboratory.directory}/serviceaccount`;
  await mkdir(serviceAccount);
  await copyFile(apiserver.caFile, `${serviceAccount}/ca.crt`);
  await writeFile(`${serviceAccount}/namespace`, 'default');
  if (hasToken) await writeFile(`${serviceAccount}/token`, apiserver.token);
  return {
    apiserver,
    serviceAccount,
    [Symbol.asyncDispose]: () => apiserver[Symbol.asyncDispose](),
  };
}
