/** Measures the lab: how soon it is ready, what it weighs, and what one apiserver carries. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, median } from '../kubectl-proxy/table.ts';
import { measureApiserver } from './apiserver-load.ts';
import { measureCluster } from './cluster-start.ts';
import type { Figure } from './figure.ts';

const usage = `Usage: node bench/lab/run.ts [options]

  --parts LIST    apiserver,cluster (default both)
  --rounds N      rounds per figure (default 5)
  --objects N     objects on the apiserver (default 10000)
  --watchers N    watches on the apiserver (default 1000)
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    parts: { type: 'string', default: 'apiserver,cluster' },
    rounds: { type: 'string', default: '5' },
    objects: { type: 'string', default: '10000' },
    watchers: { type: 'string', default: '1000' },
  },
});

// As the lab's own commands do: without it, every process would strip the types of every file anew.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/compiled');

if (values.help) process.stdout.write(usage);
else await measure();

async function measure(): Promise<void> {
  const rounds = Number(values.rounds);
  const parts = values.parts.split(',');
  const figures: Figure[] = [];
  if (parts.includes('apiserver')) {
    const load = { objects: Number(values.objects), watchers: Number(values.watchers) };
    figures.push(...(await measureApiserver({ rounds, ...load })));
  }
  if (parts.includes('cluster')) figures.push(...(await measureCluster(rounds)));
  process.stdout.write(
    [
      `Machine: ${machine()}`,
      `Command: node bench/lab/run.ts ${process.argv.slice(2).join(' ')}`,
      '',
      '| | median | least | most | values |',
      '| --- | --- | --- | --- | --- |',
      ...figures.map(line),
      '',
    ].join('\n'),
  );
}

function line({ what, unit, values: measured }: Figure): string {
  const shown = [median(measured), Math.min(...measured), Math.max(...measured)];
  const cells = shown.map((value) => `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`);
  return `| ${[what, ...cells, measured.length].join(' | ')} |`;
}
