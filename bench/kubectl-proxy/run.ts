/**
 * Compares `hop kubectl-proxy` with the real `kubectl proxy`: the same TLS upstream, the same load,
 * round about. Client, proxy and upstream share the machine's cores, so CPU per request is the
 * surest figure.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writePki } from '../../proxies/kubectl-proxy/recorded/pki.ts';
import { startContender } from './contender.ts';
import type { Contender, ContenderName } from './contender.ts';
import { applyLoad } from './load.ts';
import { machine, markdownTable, median, quantile } from './table.ts';
import type { Measurement } from './table.ts';
import { bodyPaths, startUpstream } from './upstream.ts';
import type { BodySize } from './upstream.ts';
import { startWatchUpstream, watchLatencies } from './watch-latency.ts';

const usage = `Usage: node bench/kubectl-proxy/run.ts [options]

Needs kubectl, nginx and wrk on the PATH, and Linux.

  --rounds N         rounds per scenario, contenders in turn (default 5)
  --seconds N        seconds of load per round (default 4)
  --connections LIST concurrent connections (default 1,16,64)
  --bodies LIST      small,large (default both; large is 1 MB)
  --contenders LIST  kubectl,hop (default both)
  --watches N        watches at once for the event latency, 0 for none (default 20)
  --json FILE        writes every measurement there
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '1,16,64' },
    bodies: { type: 'string', default: 'small,large' },
    contenders: { type: 'string', default: 'kubectl,hop' },
    watches: { type: 'string', default: '20' },
    json: { type: 'string', default: '' },
  },
});

if (values.help) process.stdout.write(usage);
else await compare();

async function compare(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hop-bench-'));
  try {
    const pki = join(directory, 'pki');
    await writePki(pki);
    await using upstream = await startUpstream(directory, pki);
    const kubeconfig = await writeKubeconfig(directory, pki, upstream.port);
    const names = values.contenders.split(',') as ContenderName[];
    await using stack = new AsyncDisposableStack();
    const contenders: Contender[] = [];
    for (const name of names) contenders.push(stack.use(await startContender(name, kubeconfig)));

    const measurements = await measureAll(contenders);
    const report = [
      `Machine: ${machine()}`,
      `Command: node bench/kubectl-proxy/run.ts ${process.argv.slice(2).join(' ')}`,
      `Against: ${firstLine('kubectl', ['version', '--client'])}, upstream ${firstLine('nginx', ['-v'])} offering HTTP/2 and HTTP/1.1`,
      `Medians of ${values.rounds} interleaved rounds of ${values.seconds} s.`,
      '',
      markdownTable(measurements),
      '',
      ...(await watchReport(directory, pki, names)),
    ];
    process.stdout.write(`${report.join('\n')}\n`);
    if (values.json !== '') {
      await writeFile(
        values.json,
        `${JSON.stringify({ machine: machine(), measurements }, null, 2)}\n`,
      );
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureAll(contenders: readonly Contender[]): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const body of values.bodies.split(',') as BodySize[]) {
    for (const connections of values.connections.split(',').map(Number)) {
      for (const contender of contenders) await measure(contender, body, connections, 1);
      for (let round = 0; round < Number(values.rounds); round++) {
        // Who is first changes, so that nobody always follows the other.
        for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
          measurements.push(await measure(contender, body, connections, Number(values.seconds)));
        }
      }
    }
  }
  return measurements;
}

async function measure(
  contender: Contender,
  body: BodySize,
  connections: number,
  seconds: number,
): Promise<Measurement> {
  const before = await contender.cpuMs();
  const load = await applyLoad({
    url: `http://127.0.0.1:${contender.port}${bodyPaths[body]}`,
    connections,
    seconds,
  });
  const cpuMs = (await contender.cpuMs()) - before;
  return {
    contender: contender.name,
    scenario: `${body}, c=${connections}`,
    requestsPerSecond: load.requestsPerSecond,
    p50Ms: load.p50Ms,
    p99Ms: load.p99Ms,
    cpuMsPer100k: (cpuMs / load.requests) * 100_000,
    rssMb: await contender.rssMb(),
  };
}

async function watchReport(
  directory: string,
  pki: string,
  names: readonly ContenderName[],
): Promise<string[]> {
  const watches = Number(values.watches);
  if (watches === 0) return [];
  await using upstream = await startWatchUpstream(pki);
  const kubeconfig = await writeKubeconfig(directory, pki, upstream.port);
  const lines = ['', `Watch events, ${watches} watches, an event every 5 ms each:`, ''];
  for (const name of names) {
    await using contender = await startContender(name, kubeconfig);
    const rounds: (readonly number[])[] = [];
    for (let round = 0; round < 3; round++) {
      rounds.push(await watchLatencies(contender.port, watches, 2));
    }
    const of = (share: number) =>
      median(rounds.map((sorted) => quantile(sorted, share))).toFixed(2);
    lines.push(`- ${name}: p50 ${of(0.5)} ms, p99 ${of(0.99)} ms`);
  }
  return lines;
}

async function writeKubeconfig(directory: string, pki: string, port: number): Promise<string> {
  const file = join(directory, `kubeconfig-${port}.yaml`);
  await writeFile(
    file,
    `apiVersion: v1
kind: Config
current-context: bench
clusters: [{ name: bench, cluster: { server: 'https://127.0.0.1:${port}', certificate-authority: '${pki}/ca.crt' } }]
users: [{ name: bench, user: { token: bench } }]
contexts: [{ name: bench, context: { cluster: bench, user: bench } }]
`,
  );
  return file;
}

function firstLine(command: string, args: readonly string[]): string {
  // nginx tells its version on stderr.
  const text = execFileSync('sh', ['-c', `${[command, ...args].join(' ')} 2>&1`], {
    encoding: 'utf8',
  });
  return text.split('\n', 1)[0] ?? '';
}
