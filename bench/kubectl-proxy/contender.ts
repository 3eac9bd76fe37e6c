/** A proxy under test as a process of its own, and what it costs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { freePort, isListening } from './ports.ts';

export type ContenderName = 'kubectl' | 'hop';

export interface Contender extends AsyncDisposable {
  readonly name: ContenderName;
  readonly port: number;
  /** Processor time so far, in milliseconds. */
  cpuMs(): Promise<number>;
  rssMb(): Promise<number>;
}

const commands: Readonly<Record<ContenderName, readonly string[]>> = {
  kubectl: ['kubectl', 'proxy'],
  hop: [
    process.execPath,
    fileURLToPath(new URL('../../tools/hop.js', import.meta.url)),
    'kubectl-proxy',
  ],
};

/** Linux counts processor time in hundredths of a second. */
const tickMs = 10;

export async function startContender(name: ContenderName, kubeconfig: string): Promise<Contender> {
  const port = await freePort();
  const [command = '', ...args] = commands[name];
  const child = spawn(command, [...args, `--port=${port}`, `--kubeconfig=${kubeconfig}`], {
    stdio: 'ignore',
  });
  child.on('error', () => undefined);
  await isListening(port);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} did not start`);
  return {
    name,
    port,
    async cpuMs() {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * tickMs;
    },
    async rssMb() {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
