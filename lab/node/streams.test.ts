import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingKubectl } from '../testing/kubectl.ts';
import type { StartWorkload } from '../workloads/workload.ts';
import { isReady, startNodeCluster, type NodeCluster } from './testing/node-cluster.ts';

const run = promisify(execFile);
const missing = missingKubectl();

/** SPDY is what older ones speak, and newer ones where a WebSocket is refused. */
const ways = [
  ['WebSocket', {}],
  [
    'SPDY',
    { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' },
  ],
] as const;

/** Listens at the pod's address; sends everything back, and ends when the client does. */
const echoBytes: StartWorkload = async (context) => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(9000, context.addresses[0]);
  await once(server, 'listening');
  const timer = setInterval(() => context.log('tick'), 50);
  const ended = Promise.withResolvers<number>();
  const end = () => {
    clearInterval(timer);
    server.close();
    ended.resolve(0);
  };
  return { terminate: end, exited: ended.promise, [Symbol.asyncDispose]: async () => end() };
};

describe.skipIf(missing).each(ways)(
  `the real kubectl over %s${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  (_, environment) => {
    let cluster: NodeCluster;
    let directory: string;
    let kubeconfig: string;
    const options = () => ({
      env: { ...process.env, ...environment, KUBECONFIG: kubeconfig },
      timeout: 15_000,
    });
    const kubectl = async (...args: readonly string[]) => run('kubectl', args, options());

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'hop-node-'));
      kubeconfig = join(directory, 'kubeconfig');
      cluster = await startNodeCluster({ images: { bytes: echoBytes } });
      await cluster.startNode();
      await writeFile(kubeconfig, cluster.kubeconfig);
      await cluster.createPod('app', { containers: [{ name: 'app', image: 'bytes' }] });
      await cluster.waitForPod('app', isReady);
    });
    afterAll(async () => {
      await cluster[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    });

    it('runs a command, and tells its output, its errors and how it ended', async () => {
      expect((await kubectl('exec', 'app', '--', 'hostname')).stdout).toBe('app\n');
      const script = 'echo out; echo err >&2; exit 7';
      await expect(kubectl('exec', 'app', '--', 'sh', '-c', script)).rejects.toMatchObject({
        code: 7,
        stdout: 'out\n',
        stderr: 'err\ncommand terminated with exit code 7\n',
      });
    });

    it('says of a command that is not there what a runtime says', async () => {
      await expect(kubectl('exec', 'app', '--', 'bash')).rejects.toMatchObject({
        code: 127,
        stderr: expect.stringContaining(
          'exec: "bash": executable file not found in $PATH',
        ) as string,
      });
    });

    it('gives a command its input to the end', async () => {
      const child = spawn('kubectl', ['exec', '-i', 'app', '--', 'wc', '-c'], options());
      const size = 3_000_000;
      child.stdin.end(Buffer.alloc(size, 'x'));
      expect(await text(child.stdout)).toBe(`${size}\n`);
    });

    it('copies files there and back', async () => {
      const [file, copy] = [join(directory, 'file'), join(directory, 'copy')];
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (__, index) => index % 251));
      await writeFile(file, bytes);
      await kubectl('cp', file, 'app:/tmp/file');
      await kubectl('cp', 'app:/tmp/file', copy);
      expect((await readFile(copy)).equals(bytes)).toBe(true);
    });

    it('follows and attaches to what the container writes', async () => {
      for (const args of [
        ['logs', '-f', 'app'],
        ['attach', 'app'],
      ]) {
        const child = spawn('kubectl', args, options());
        const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
        expect(chunk.toString()).toContain('tick');
        child.kill('SIGKILL');
        await once(child, 'close');
      }
    });

    it('forwards several connections of a port, each with its own ends', async () => {
      const child = spawn('kubectl', ['port-forward', 'pod/app', ':9000'], options());
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(line.toString())?.[1]);
      const { connect } = await import('node:net');
      const size = 500_000;
      const answers = [1, 2, 3].map(async (number) => {
        const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
        socket.end(Buffer.alloc(size, String(number)));
        return text(socket);
      });
      expect((await Promise.all(answers)).map((answer) => [answer.length, answer[0]])).toEqual([
        [size, '1'],
        [size, '2'],
        [size, '3'],
      ]);
      child.kill('SIGKILL');
      await once(child, 'close');
    });

    it('is told of containers and pods that are not there', async () => {
      await expect(kubectl('exec', 'none', '--', 'ls')).rejects.toThrow('pods "none" not found');
      await expect(kubectl('exec', '-c', 'x', 'app', '--', 'ls')).rejects.toThrow(
        'container x is not valid for pod app',
      );
    });
  },
);
