/** Measures the apiserver proxy: requests, a long stream, and many idle connections. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TLSSocket } from 'node:tls';
import { applyLoad, type Load } from '../kubectl-proxy/load.ts';
import { machine, median } from '../kubectl-proxy/table.ts';
import { residentBytes, token, type ServingProcess } from '../lab/processes.ts';
import { files, startBackend, type Backend } from './backend.ts';
import { paths, startCluster } from './cluster.ts';
import { echoes, openUpgraded, startEchoServer } from './sockets.ts';

const usage = `Usage: node bench/apiserver-proxy/run.ts [options]

  --parts LIST        load,stream,sockets (default: all)
  --rounds N          rounds of load, in turns (default 5)
  --seconds N         seconds per round (default 2)
  --connections LIST  connections of the load (default 1,16,64)
  --sockets N         upgraded connections (default 5000)
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    parts: { type: 'string', default: 'load,stream,sockets' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '1,16,64' },
    sockets: { type: 'string', default: '5000' },
  },
});

// As the lab's own commands do: without it, every process would strip the types of every file anew.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/compiled');

if (values.help) process.stdout.write(usage);
else await measure();

async function measure(): Promise<void> {
  const parts = new Set(values.parts.split(','));
  process.stdout.write(
    `Machine: ${machine()}\nCommand: node bench/apiserver-proxy/run.ts ${process.argv.slice(2).join(' ')}\n\n`,
  );
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'hop-bench-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const backend = stack.use(await startBackend(directory));
  const echo = stack.use(await startEchoServer());
  const ports = { http: backend.port, sockets: echo.port };
  if (parts.has('load')) {
    await using apiserver = await startCluster(join(directory, 'load'), ports);
    await measureLoad(apiserver, backend);
  }
  if (parts.has('stream')) {
    await using apiserver = await startCluster(join(directory, 'stream'), ports);
    await measureStream(apiserver);
  }
  if (parts.has('sockets')) {
    await using apiserver = await startCluster(join(directory, 'sockets'), ports);
    await measureSockets(apiserver, Number(values.sockets));
  }
}

/** Each contender with each number of connections, one after the other, round after round. */
async function measureLoad(apiserver: ServingProcess, { peerPort }: Backend): Promise<void> {
  const urls = {
    'the apiserver itself': `https://${apiserver.address}${paths.plain}`,
    'service, small': `https://${apiserver.address}${paths.service}/small`,
    'pod, small': `https://${apiserver.address}${paths.pod}/small`,
    'nginx, small': `https://127.0.0.1:${peerPort}/small`,
    'service, 1 MB': `https://${apiserver.address}${paths.service}/large`,
    'nginx, 1 MB': `https://127.0.0.1:${peerPort}/large`,
  };
  const headers = [`Authorization: Bearer ${token}`];
  const seconds = Number(values.seconds);
  const loads = new Map<string, Load[]>();
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const connections of values.connections.split(',').map(Number)) {
      for (const [what, url] of Object.entries(urls)) {
        const key = `${what} | ${connections}`;
        const load = await applyLoad({ url, connections, seconds, headers });
        loads.set(key, [...(loads.get(key) ?? []), load]);
      }
    }
  }
  const lines = [...loads].map(([key, measured]) => {
    const of = (figure: keyof Load) => median(measured.map((load) => load[figure]));
    return `| ${key} | ${of('requestsPerSecond').toFixed(0)} | ${of('p50Ms').toFixed(2)} | ${of('p99Ms').toFixed(2)} |`;
  });
  const resident = (await residentBytes(apiserver.pid)) / 1e6;
  process.stdout.write(
    `| | c | requests/s | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |\n${lines.join('\n')}\n` +
      `\nresident after all of it: ${resident.toFixed(0)} MB\n\n`,
  );
}

async function measureStream(apiserver: ServingProcess): Promise<void> {
  const before = await residentBytes(apiserver.pid);
  const startedAt = performance.now();
  const sent = request(`https://${apiserver.address}${paths.service}/stream`, {
    rejectUnauthorized: false,
    headers: { Authorization: `Bearer ${token}` },
  }).end();
  const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer>];
  let received = 0;
  for await (const chunk of response) received += chunk.length;
  const seconds = (performance.now() - startedAt) / 1000;
  if (received !== files.stream) throw new Error(`${received} of ${files.stream} bytes came`);
  const peak = await peakBytes(apiserver.pid);
  process.stdout.write(
    `streaming 1 GiB: ${(received / 1e6 / seconds).toFixed(0)} MB/s; resident at most ${(peak / 1e6).toFixed(0)} MB, before ${(before / 1e6).toFixed(0)} MB\n`,
  );
}

/** The most that was ever resident (`VmHWM`). */
async function peakBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) * 1024;
}

async function measureSockets(apiserver: ServingProcess, count: number): Promise<void> {
  const before = await residentBytes(apiserver.pid);
  const startedAt = performance.now();
  const sockets: TLSSocket[] = [];
  while (sockets.length < count) {
    const batch = Math.min(50, count - sockets.length);
    const opened = Array.from({ length: batch }, () => openUpgraded(apiserver.address));
    sockets.push(...(await Promise.all(opened)));
  }
  const openedMs = performance.now() - startedAt;
  const after = await residentBytes(apiserver.pid);
  let held = 0;
  for (const socket of sockets) if (await echoes(socket)) held += 1;
  for (const socket of sockets) socket.destroy();
  const perSocket = (after - before) / count / 1000;
  process.stdout.write(
    `upgraded connections: ${held} of ${count} hold and echo; opened in ${(openedMs / 1000).toFixed(1)} s; ` +
      `resident ${(after / 1e6).toFixed(0)} MB, ${perSocket.toFixed(0)} kB each\n`,
  );
  if (held !== count) process.exitCode = 1;
}
