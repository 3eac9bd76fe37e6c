/** Measures kube-proxy's nftables mode beside a ruleset of upstream's kind, and no proxy at all. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { machine } from '../kubectl-proxy/table.ts';
import type { Figures } from './figures.ts';
import { report } from './report.ts';

const usage = `Usage: node bench/kube-proxy/run.ts [options]

  --rounds N          rounds, in turns (default 3)
  --services LIST     numbers of Services for the proxy (default 1000,10000,30000)
  --upstream LIST     the same for upstream's ruleset, which takes as long as it is large (default 1000,10000)
  --upstream-rounds N rounds of that (default 3); 30000 take minutes: --upstream 30000 --upstream-rounds 1
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    services: { type: 'string', default: '1000,10000,30000' },
    upstream: { type: 'string', default: '1000,10000' },
    'upstream-rounds': { type: 'string', default: '3' },
  },
});

// Without it, every process would strip the types of every file anew.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/compiled');

if (values.help) process.stdout.write(usage);
else await measure();

async function measure(): Promise<void> {
  process.stdout.write(
    `Machine: ${machine()}\nCommand: node bench/kube-proxy/run.ts ${process.argv.slice(2).join(' ')}\n\n`,
  );
  const rounds = Number(values.rounds);
  const upstreamRounds = Number(values['upstream-rounds']);
  const measured = new Map<string, Figures[]>();
  for (let round = 0; round < Math.max(rounds, upstreamRounds); round += 1) {
    for (const [contender, count] of contenders(round < rounds, round < upstreamRounds)) {
      const key = `${contender} ${count}`;
      measured.set(key, [...(measured.get(key) ?? []), await inNamespaces(contender, count)]);
    }
  }
  process.stdout.write(`${report(measured)}\n`);
}

function* contenders(withHop: boolean, withUpstream: boolean): Iterable<readonly [string, string]> {
  const hop = withHop ? list(values.services) : [];
  const upstream = withUpstream ? list(values.upstream) : [];
  if (withHop) yield ['none', '10000'];
  for (const count of new Set([...hop, ...upstream])) {
    if (hop.includes(count)) yield ['hop', count];
    if (!upstream.includes(count)) continue;
    yield ['upstream', count];
    yield ['upstream-1.35', count];
  }
}

function list(text: string): readonly string[] {
  return text.split(',').filter((part) => part !== '');
}

async function inNamespaces(contender: string, count: string): Promise<Figures> {
  const isolation = ['--user', '--map-root-user', '--net', '--mount', '--kill-child'];
  const program = join(import.meta.dirname, 'measured.ts');
  const { stdout } = await promisify(execFile)(
    'unshare',
    [...isolation, process.execPath, program, contender, count],
    { maxBuffer: 1 << 28 },
  );
  // Our own process wrote it.
  return JSON.parse(stdout) as Figures;
}
