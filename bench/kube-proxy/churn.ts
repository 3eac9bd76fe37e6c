/** 20,000 random changes against the real kernel, in each family: what they leave, and what they cost. */
import { parseArgs } from 'node:util';
import { runChurn } from '../../proxies/kube-proxy/conformance/churn/run-churn.ts';

const usage = `Usage: node bench/kube-proxy/churn.ts [options]

  --changes N     how many (default 20000)
  --seed N        which (default: another each time)
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    changes: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

if (values.help) process.stdout.write(usage);
else await measure();

async function measure(): Promise<void> {
  const changes = Number(values.changes);
  const seed = Number(values.seed);
  for (const family of ['IPv4', 'IPv6'] as const) {
    const { churned, fresh, ...report } = await runChurn({ family, changes, seed });
    const names = [...new Set([...Object.keys(churned), ...Object.keys(fresh)])];
    const different = names.filter(
      (name) => JSON.stringify(churned[name]) !== JSON.stringify(fresh[name]),
    );
    const [early, late] = report.heapBytes;
    const figures = {
      ...{ family, seed, changes, syncs: report.syncs, restarts: report.restarts },
      'failed transactions': report.failures,
      commands: report.operations,
      seconds: Math.round(report.tookMs / 100) / 10,
      'median ms of a sync': Math.round(report.medianMs * 100) / 100,
      'slowest ms of a sync': Math.round(report.slowestMs * 100) / 100,
      'elements at the end': report.elements,
      'heap grew by bytes': late - early,
      'files opened and not closed': report.openFiles[1] - report.openFiles[0],
      'elements that a restart changed': report.changedByRestart.length,
      'other than after a fresh start': different.join(', ') || 'nothing',
    };
    console.table(Object.entries(figures).map(([what, value]) => ({ what, value })));
    if (different.length > 0 || report.changedByRestart.length > 0) process.exitCode = 1;
  }
}
