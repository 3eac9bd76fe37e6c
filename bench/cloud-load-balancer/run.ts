/**
 * Measures the cloud load balancer in a lab of its own: how soon a Service is answered from outside, and how long a
 * thousand take. All that is measured is done by a client outside of the cluster: see `client-main.ts`.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { startLab } from '../../lab/index.ts';
import { machine } from '../kubectl-proxy/table.ts';
import type { Sample, Stage } from './stages.ts';
import { report } from './report.ts';

const usage = `Usage: node bench/cloud-load-balancer/run.ts [options]

Needs Linux with user namespaces and nft.

  --parts LIST       single,many (default both)
  --services N       Services one after the other (default 100)
  --many N           Services at once (default 1000)
  --rounds N         how often so many at once (default 3)
  --nodes N          nodes of the lab (default 3)
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    parts: { type: 'string', default: 'single,many' },
    services: { type: 'string', default: '100' },
    many: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    nodes: { type: 'string', default: '3' },
  },
});

// As the lab's own commands do: without it, every process would strip the types of every file anew.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/compiled');

if (values.help) process.stdout.write(usage);
else await measure();

async function measure(): Promise<void> {
  const samples: Sample[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'hop-bench-'));
  try {
    const topology = { apiservers: 3, nodes: Number(values.nodes) };
    await using lab = await startLab({ directory, mode: 'isolated', topology });
    const program = join(import.meta.dirname, 'client-main.ts');
    const kubeconfig = join(directory, 'client.json');
    await writeFile(kubeconfig, await asJson(lab.kubeconfigPath), { mode: 0o600 });
    const counts = [values.services, values.many, values.rounds];
    const { status, stderr } = await lab.run(
      'client',
      [process.execPath, program, kubeconfig, values.parts, ...counts],
      { onStdout: readLines((sample) => samples.push(sample)) },
    );
    if (status !== 0) throw new Error(stderr);
    const left = (await lab.loadBalancers()).filter(({ service }) => service.includes('/bench-'));
    if (left.length > 0) throw new Error(`${left.length} load balancers are left`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const lines = [
    `Machine: ${machine()}`,
    `Command: node bench/cloud-load-balancer/run.ts ${process.argv.slice(2).join(' ')}`,
    '',
    report(samples),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Machines of the lab read no YAML. */
async function asJson(path: string): Promise<string> {
  return JSON.stringify(parse(await readFile(path, 'utf8')));
}

/** Our own program writes them: one a line. */
function readLines(onSample: (sample: Sample) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { stage, ms } = JSON.parse(line) as { stage: Stage; ms: number };
      onSample({ stage, ms });
    }
  };
}
