import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { needs } from '../proxies/kit/testing/needs.ts';
import { project } from '../tools/project.ts';

const hasProc = process.platform === 'linux';
let started: ChildProcess | undefined;
afterEach(() => started?.kill('SIGKILL'));

// Again where the machine was busy with something else meanwhile.
test(
  'npm start is ready within seconds, says what runs where, and Ctrl-C ends all of it',
  { retry: 2 },
  async () => {
    const port = await freePort();
    const { pid, output, ended } = await start(port);
    // With a cluster of nine machines; what it takes when nothing else runs, `npm run bench:lab` measures.
    expect(secondsUntilReady(output())).toBeLessThanOrEqual(6);
    expect(output()).toContain(`http://localhost:${port}`);
    expect(output()).toContain('npx hop kubectl get pods -A');
    expect((await fetch(`http://localhost:${port}/live/status`)).status).toBe(200);
    const children = childrenOf(pid);
    expect(children.length > 0).toBe(hasProc);

    process.kill(pid, 'SIGINT');
    expect(await ended).toBe(0);
    expect(children.filter(isRunning)).toEqual([]);
    for (const used of [port, ...proxyPorts(output())]) expect(await isListening(used)).toBe(false);
  },
);

test('what it printed works', async (context) => {
  const [kubectl] = needs(context, 'kubectl');
  const { pid, output, ended } = await start(await freePort());
  const [, kubeconfig = ''] = /Kubeconfig +(\S+)/.exec(output()) ?? [];
  const pods = spawn(kubectl, ['--kubeconfig', kubeconfig, 'get', 'pods', '-A']);
  expect(await text(pods.stdout)).toMatch(/^NAMESPACE\s+NAME/);
  process.kill(pid, 'SIGTERM');
  expect(await ended).toBe(0);
});

test.skipIf(!hasProc)('nothing survives the process, even when it is killed', async () => {
  const { pid, output, ended } = await start(await freePort());
  const children = childrenOf(pid);
  process.kill(pid, 'SIGKILL');
  await ended;
  await expect.poll(() => children.filter(isRunning), { timeout: 5000 }).toEqual([]);
  for (const used of proxyPorts(output())) expect(await isListening(used)).toBe(false);
});

test.skipIf(!hasProc).each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  '%s to npm ends what npm started',
  async (signal) => {
    const npm = spawn('npm', ['start', '--', `--port=${await freePort()}`], {
      cwd: project(),
      env: { ...process.env, LC_ALL: 'C' },
    });
    started = npm;
    let said = '';
    npm.stdout.setEncoding('utf8').on('data', (piece: string) => (said += piece));
    await expect.poll(() => said, { timeout: 20_000 }).toMatch(/Ready in/);
    const children = childrenOf(npm.pid ?? -1);
    expect(children.length).toBeGreaterThan(1);
    npm.kill(signal);
    await expect.poll(() => children.filter(isRunning), { timeout: 10_000 }).toEqual([]);
  },
);

test.skipIf(!hasProc)('it says so when its proxy dies, and ends', async () => {
  const { pid, output, ended } = await start(await freePort());
  const proxy = childrenOf(pid).find((child) => commandOf(child).includes('kubectl-proxy'));
  process.kill(proxy ?? Number.NaN, 'SIGKILL');
  expect(await ended).toBe(1);
  expect(output()).toContain('kubectl proxy ended unexpectedly');
});

test('a port in use is refused in the language of the user, and nothing is left running', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const child = run(port);
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exitStatus(child),
  ]);
  holder.close();
  expect(status).toBe(1);
  expect(stderr).toContain(String(port));
  expect(stdout).toBe('');
});

test.each(['http', '65536', '-1', '80 80'])(
  'port %o is refused before anything starts',
  async (port) => {
    const child = run(port);
    const [stderr, status] = await Promise.all([text(child.stderr), exitStatus(child)]);
    expect(status).toBe(1);
    expect(stderr).toContain('npm start --');
  },
);

interface Started {
  readonly pid: number;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function run(port: number | string) {
  const child = spawn(process.execPath, ['tools/start.ts', `--port=${port}`], {
    cwd: project(),
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started = child;
  return child;
}

async function start(port: number): Promise<Started> {
  const child = run(port);
  let said = '';
  const ended = exitStatus(child);
  const isReady = new Promise<boolean>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (piece: string) => {
        said += piece;
        if (said.includes('Ready in')) resolve(true);
      });
    }
  });
  if (!(await Promise.race([isReady, ended.then(() => false)]))) throw new Error(said);
  return { pid: child.pid ?? -1, output: () => said, ended };
}

function exitStatus(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

function secondsUntilReady(output: string): number {
  return Number(/Ready in ([\d.]+) s/.exec(output)?.[1]);
}

/** From the line of the start table; the server may have chosen another port than 8001. */
function proxyPorts(output: string): number[] {
  return [...output.matchAll(/http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
}

/** Every process below this one; none where there is no `/proc`. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function childrenOf(parent: number): number[] {
  if (!hasProc) return [];
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const below = processes.map(Number).filter((pid) => parentOf(pid) === parent);
  return below.flatMap((pid) => [pid, ...childrenOf(pid)]);
}

function parentOf(pid: number): number | null {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) /);
    return Number(rest.split(' ')[1]);
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  return parentOf(pid) !== null;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await Promise.race([once(socket, 'connect'), delay(2000)]);
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
