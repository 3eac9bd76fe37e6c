/** An apiserver as a process of its own: one that can be looked at from outside, and killed. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import type { Laboratory } from '../../kit/proof.ts';
import { runCommand } from '../../kit/running-command.ts';
import type { Asked } from './ask.ts';
import { servingSecurely, type RunningServer } from './running-bastion.ts';

export interface ApiserverProcess extends Required<Asked>, AsyncDisposable {
  readonly process: RunningServer;
  /** A kubeconfig of its administrator. */
  readonly kubeconfig: string;
}

/** @throws Error when it does not serve */
export async function runApiserver({ directory, signal }: Laboratory): Promise<ApiserverProcess> {
  const own = `${directory}/apiserver-process`;
  const token = randomBytes(24).toString('base64url');
  await mkdir(own, { mode: 0o700 });
  await writeFile(`${own}/tokens`, `${token},proof,proof,"system:masters"\n`, { mode: 0o600 });
  const process = await runCommand({
    command: 'apiserver',
    serving: servingSecurely,
    args: [
      '--bind-address=127.0.0.1',
      '--secure-port=0',
      `--cert-dir=${own}`,
      `--token-auth-file=${own}/tokens`,
      '--allow-loopback-endpoints',
    ],
    signal,
  });
  if (!process.isServing) throw new Error(process.stderr());
  const server = `https://127.0.0.1:${process.port}`;
  const caPem = await readFile(`${own}/apiserver.crt`, 'utf8');
  const kubeconfig = `${own}/kubeconfig`;
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf({ server, caPem, token })), {
    mode: 0o600,
  });
  return {
    process,
    server,
    caPem,
    token,
    kubeconfig,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

function kubeconfigOf({ server, caPem, token }: Required<Asked>) {
  const name = 'proof';
  const cluster = { server, 'certificate-authority-data': btoa(caPem) };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
}
