/**
 * Compares the load balancers in front of the apiservers: hop's two dataplanes, nginx and HAProxy, and none. All
 * run at once in machines of their own, and are measured in turns, so that a busy moment meets all of them.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from '../kubectl-proxy/table.ts';
import { contenders, type Sample } from './figures.ts';
import { report } from './report.ts';

const usage = `Usage: node bench/apiserver-load-balancer/run.ts [options]

Needs Linux with user namespaces, nft, nginx, haproxy and wrk.

  --rounds N          rounds, in turns (default 4)
  --seconds N         seconds of load per figure and round (default 1)
  --idle N            idle connections (default 10000, or what the limit of open files allows)
  --contenders LIST   of ${contenders.join(',')} (default all)
  --quick             one round, 500 idle connections
  --json FILE         writes every sample there
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string', default: '1' },
    idle: { type: 'string' },
    contenders: { type: 'string', default: contenders.join(',') },
    json: { type: 'string' },
  },
});

// Without it, every process would strip the types of every file anew.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/compiled');

if (values.help) process.stdout.write(usage);
else await compare();

async function compare(): Promise<void> {
  const rounds = values.rounds ?? (values.quick ? '1' : '4');
  const idle = values.idle ?? (values.quick ? '500' : '10000');
  const names = contenders.filter((name) => values.contenders.split(',').includes(name));
  const samples = await measure([names.join(','), rounds, values.seconds, idle]);
  const lines = [
    `Machine: ${machine()}`,
    `Against: ${version('nginx', '-v')}, ${version('haproxy', '-v')}`,
    `Command: node bench/apiserver-load-balancer/run.ts ${process.argv.slice(2).join(' ')}`,
    `Medians of ${rounds} interleaved rounds; in brackets the ratio to nginx in the same round.`,
    'Client and upstream share the cores with the balancer: where somebody is as fast as none, they are the bound.',
    '',
    report(samples, names),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(samples)}\n`);
}

async function measure(args: readonly string[]): Promise<readonly Sample[]> {
  const namespaces = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--mount-proc'];
  const program = join(import.meta.dirname, 'measured.ts');
  const child = spawn(
    'unshare',
    [...namespaces, '--fork', '--kill-child', process.execPath, program, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => child.kill()); // And with it everything that it started.
  }
  const samples: Sample[] = [];
  // Our own process wrote it.
  createInterface({ input: child.stdout }).on('line', (line) => {
    samples.push(JSON.parse(line) as Sample);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the measurement ended with ${code ?? 'a signal'}`);
  return samples;
}

/** nginx tells its version on stderr. */
function version(program: 'nginx' | 'haproxy', flag: string): string {
  const text = execFileSync('sh', ['-c', `PATH=$PATH:/usr/sbin ${program} ${flag} 2>&1`], {
    encoding: 'utf8',
  });
  return /\d+\.\d+\.\d+/.exec(text) === null
    ? program
    : `${program} ${/\d+\.\d+\.\d+/.exec(text)?.[0] ?? ''}`;
}
