/** A proxy as a process of its own, as a reader would start it; it tells its hops over IPC. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { hopSchema } from '../../../proxies/kit/hop.ts';
import { createHopFeed } from './hop-feed.ts';
import type { RunningProxy } from './running-proxy.ts';

const root = new URL('../../../', import.meta.url);
const hop = fileURLToPath(new URL('tools/hop.js', root));

/** How long hops are still recorded after the last request that wanted them. */
const recordingTailMs = 30_000;
const patienceMs = 3_000;

export interface ProxyProcessOptions {
  readonly kubeconfigPath: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Lets no method through that changes something. */
  readonly isReadOnly: boolean;
}

export interface ProxyProcess extends RunningProxy, AsyncDisposable {
  readonly pid: number;
  /** Resolves when the process has ended by itself or been killed, with what it last said. */
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string }>;
}

/** The process ended before it served; `message` is its own. */
export class ProxyStartError extends Error {
  override readonly name = 'ProxyStartError';
  get isPortInUse(): boolean {
    return this.message.includes('address already in use');
  }
}

/**
 * Starts `kubectl proxy` and resolves when it serves.
 *
 * @throws ProxyStartError
 */
export async function startProxyProcess(options: ProxyProcessOptions): Promise<ProxyProcess> {
  const { kubeconfigPath, port, isReadOnly } = options;
  const { nodeFlags, env } = runtimeOf('kubectl-proxy');
  const flags = ['--kubeconfig', kubeconfigPath, '--port', String(port)];
  if (isReadOnly) flags.push('--reject-methods=^POST$,^PUT$,^PATCH$,^DELETE$');
  // No signal of the terminal reaches it: who started it ends it, in order.
  const child = spawn(process.execPath, [...nodeFlags, hop, 'kubectl-proxy', ...flags], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4096);
  });
  const ended = new Promise<{ status: number | null; stderr: string }>((resolve) => {
    child.once('close', (status) => resolve({ status, stderr: stderr.trim() }));
    child.once('error', (error) => resolve({ status: null, stderr: error.message }));
  });
  const address = await Promise.race([servingAddress(child), ended]);
  if (typeof address !== 'string') throw new ProxyStartError(address.stderr);

  const hops = createHopFeed(recordOnDemand(child));
  child.on('message', (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('hop' in message)) return;
    const hop = hopSchema.safeParse(message.hop);
    if (hop.success) hops.receive(hop.data);
  });
  const colon = address.lastIndexOf(':');
  return {
    address,
    hostname: address.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(colon + 1)),
    hops,
    tracedBy: 'connection',
    pid: child.pid ?? -1,
    ended,
    [Symbol.asyncDispose]: () => end(child),
  };
}

const runtimeSchema = z.object({
  nodeFlags: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});

/** What a proxy wants of its Node: `hop` applies it by starting anew, which a channel would not survive. */
function runtimeOf(station: string): z.infer<typeof runtimeSchema> {
  const file = new URL(`proxies/${station}/runtime.json`, root);
  return runtimeSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

async function servingAddress(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  for await (const line of stdout ? createInterface({ input: stdout }) : []) {
    const match = /^Starting to serve on (.+)$/.exec(line);
    if (!match) continue;
    // What it prints later is read and dropped, so that it never waits for us.
    stdout?.resume();
    return match[1] ?? '';
  }
  return new Promise(() => undefined);
}

/** Recording costs: it is on while somebody follows, and a little longer. */
function recordOnDemand(child: ChildProcess): (followers: number) => void {
  let isRecording = false;
  let tail: NodeJS.Timeout | undefined;
  const record = (hops: boolean) => {
    if (isRecording === hops || !child.connected) return;
    isRecording = hops;
    child.send({ hops });
  };
  return (followers) => {
    clearTimeout(tail);
    if (followers > 0) record(true);
    else tail = setTimeout(record, recordingTailMs, false).unref();
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await closed;
  clearTimeout(patience);
}
