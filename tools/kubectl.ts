/** `hop kubectl …`: your kubectl, aimed at the lab that runs on this machine. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Command } from '../proxies/kit/command.ts';
import { findProgram } from '../proxies/kit/testing/needs.ts';
import { runningLabs } from './running-labs.ts';

const notFoundStatus = 127;

export const command: Command = {
  async run(argv, { env, stderr, messages }) {
    const kubectl = findProgram('kubectl');
    if (kubectl === null) {
      stderr.write(`${messages.say('cli.kubectl.missing')}\n`);
      return notFoundStatus;
    }
    const [newest, ...others] = await runningLabs();
    if (newest === undefined) {
      stderr.write(`${messages.say('cli.kubectl.no-lab')}\n`);
      return 1;
    }
    if (others.length > 0) {
      stderr.write(`${messages.say('cli.kubectl.several', { directory: newest.directory })}\n`);
    }
    return run(kubectl, argv, { ...env, KUBECONFIG: newest.kubeconfigPath });
  },
};

/** Runs it on this terminal; a terminal's signals reach it without us, others are handed on. */
function run(
  program: string,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const child = spawn(program, argv, { env, stdio: 'inherit' });
  const handOn = (signal: NodeJS.Signals) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, handOn);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => {
      for (const one of signals) process.off(one, handOn);
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
