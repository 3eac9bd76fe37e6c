/** The proxy as a program of its own, in front of an apiserver. */
import type { Laboratory } from '../../kit/proof.ts';
import { runCommand, type RunningCommand } from '../../kit/running-command.ts';

/** The line of kube-apiserver's log that says where it serves. */
export const servingSecurely = /Serving securely on (.+)$/;

export type RunningServer = Extract<RunningCommand, { isServing: true }>;

/** @throws Error when it does not serve: a world that cannot be had, not a contradiction. */
export async function runBastion(
  { directory, signal }: Laboratory,
  kubeconfig: string,
  args: readonly string[] = [],
): Promise<RunningServer> {
  const command = await runCommand({
    command: 'apiserver-proxy',
    serving: servingSecurely,
    args: [
      '--kubeconfig',
      kubeconfig,
      '--bind-address',
      '127.0.0.1',
      '--secure-port',
      '0',
      '--cert-dir',
      `${directory}/bastion`,
      ...args,
    ],
    signal,
  });
  if (!command.isServing) throw new Error(command.stderr());
  return command;
}
