/**
 * With no listening flag at all, the process holds one listening socket, on loopback; another address
 * of the same machine is refused. In a network namespace of its own, where the default port is free
 * and the kernel's socket table is the process's alone. Refuted by `--address 0.0.0.0`.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { kubectlProxy } from '../descriptor.ts';
import { runCommand } from './running-command.ts';

const { address, port } = listenerClaim();
const otherLocalAddress = '127.0.0.2';

export const localhostListener = defineProof({
  claimed: (laboratory) => commandWorld(laboratory, []),
  refuted: (laboratory) => commandWorld(laboratory, ['--address', '0.0.0.0']),
  probe: async ({ command }, notebook: Notebook) => {
    notebook.check(command.isServing, 'started', { output: command.stderr() });
    const sockets = await listeningSockets(command.pid);
    notebook.check(sockets.join() === `${address}:${port}`, 'sockets', { sockets });
    const reachable = await canConnect(command.pid, otherLocalAddress, port);
    notebook.check(!reachable, 'refused', { address: otherLocalAddress, port });
  },
});

function listenerClaim(): { readonly address: string; readonly port: number } {
  const flag = (name: string) => kubectlProxy.flags.find((each) => each.name === name)?.default;
  return { address: String(flag('address')), port: Number(flag('port')) };
}

async function commandWorld(laboratory: Laboratory, args: readonly string[]) {
  const command = await runCommand({
    args: ['--kubeconfig', laboratory.clusterKubeconfig, ...args],
    inside: [
      'unshare',
      '--user',
      '--map-root-user',
      '--net',
      'sh',
      '-c',
      'ip link set lo up && exec "$@"',
      'sh',
    ],
    signal: laboratory.signal,
  });
  return { command, [Symbol.asyncDispose]: () => command[Symbol.asyncDispose]() };
}

/** Reads the kernel's table of the process's network namespace: state 0A is LISTEN. */
async function listeningSockets(pid: number): Promise<readonly string[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')),
  );
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A')
    .map((fields) => readAddress(fields[1] ?? ''));
}

/** `0100007F:1F41` is 127.0.0.1:8001; an IPv6 address is shown as the kernel writes it. */
function readAddress(hex: string): string {
  const [host = '', port = '0'] = hex.split(':');
  const text =
    host.length === 8
      ? [...Buffer.from(host, 'hex')].reverse().join('.')
      : /^0+$/.test(host)
        ? '[::]'
        : `[${host}]`;
  return `${text}:${parseInt(port, 16)}`;
}

async function canConnect(pid: number, host: string, port: number): Promise<boolean> {
  const script = `require('node:net').connect(${port}, '${host}').on('connect', () => process.exit(0)).on('error', () => process.exit(3))`;
  try {
    await promisify(execFile)('nsenter', [
      '--target',
      String(pid),
      '--user',
      '--preserve-credentials',
      '--net',
      process.execPath,
      '-e',
      script,
    ]);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 3) return false;
    throw error;
  }
}
