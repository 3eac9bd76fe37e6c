/**
 * The client says nothing of who it is; the apiserver is told all the same, by each kind of credential
 * a kubeconfig can hold. Refuted by a client that brings its own header: then nothing is added.
 */
import { writeFile } from 'node:fs/promises';
import {
  defineProof,
  type Laboratory,
  type Notebook,
  type RecordingApiserver,
} from '../../kit/proof.ts';
import { sendRaw } from './raw-request.ts';
import { runCommand } from './running-command.ts';

export const addsAuthHeaders = defineProof({
  claimed: (laboratory) => userWorld(laboratory, {}),
  refuted: (laboratory) => userWorld(laboratory, { Authorization: 'Bearer of-the-client-itself' }),
  probe: async ({ apiserver, clientHeaders, directory, signal }, notebook) => {
    for (const credential of credentials(apiserver, directory)) {
      const user = await credential.user();
      await using command = await runCommand({
        args: ['--port', '0', '--kubeconfig', await apiserver.kubeconfig({ user })],
        signal,
        onHop: notebook.hop,
      });
      if (!command.isServing) throw new Error(command.stderr());
      const target = `/version?with=${credential.kind}`;
      await sendRaw(command, { target, headers: clientHeaders });
      checkArrived(apiserver, target, credential, notebook);
    }
  },
});

interface Credential {
  readonly kind: 'token' | 'basic' | 'exec' | 'client-certificate';
  /** The `Authorization` that must arrive; null for a credential that lives in the TLS layer. */
  readonly authorization: string | null;
  readonly user: () => Promise<Readonly<Record<string, unknown>>>;
}

function credentials(apiserver: RecordingApiserver, directory: string): readonly Credential[] {
  return [
    {
      kind: 'token',
      authorization: `Bearer ${apiserver.token}`,
      user: async () => ({ token: apiserver.token }),
    },
    {
      kind: 'basic',
      authorization: `Basic ${btoa('ada:lovelace')}`,
      user: async () => ({ username: 'ada', password: 'lovelace' }),
    },
    {
      kind: 'exec',
      authorization: 'Bearer fetched-by-a-plugin',
      user: async () => ({
        exec: await writePlugin(`${directory}/plugin.sh`, 'fetched-by-a-plugin'),
      }),
    },
    {
      kind: 'client-certificate',
      authorization: null,
      user: async () => ({
        'client-certificate': apiserver.clientCertificateFile,
        'client-key': apiserver.clientKeyFile,
      }),
    },
  ];
}

async function writePlugin(
  path: string,
  token: string,
): Promise<Readonly<Record<string, unknown>>> {
  const apiVersion = 'client.authentication.k8s.io/v1';
  const answer = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } });
  await writeFile(path, `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
  return { apiVersion, command: path, interactiveMode: 'Never' };
}

function checkArrived(
  apiserver: RecordingApiserver,
  target: string,
  credential: Credential,
  notebook: Notebook,
): void {
  const received = apiserver.requests.find((request) => request.target === target);
  const authorization = received?.headers.find(
    ([name]) => name.toLowerCase() === 'authorization',
  )?.[1];
  const certificate = received?.tls?.clientCertificate ?? '';
  if (credential.authorization === null) {
    notebook.check(certificate !== '' && authorization === undefined, 'certificate', {
      certificate,
    });
    return;
  }
  const scheme = authorization?.split(' ')[0] ?? '';
  notebook.check(authorization === credential.authorization, credential.kind, { scheme });
}

async function userWorld(laboratory: Laboratory, clientHeaders: Readonly<Record<string, string>>) {
  const apiserver = await laboratory.startApiserver();
  return {
    apiserver,
    clientHeaders,
    directory: laboratory.directory,
    signal: laboratory.signal,
    [Symbol.asyncDispose]: () => apiserver[Symbol.asyncDispose](),
  };
}
