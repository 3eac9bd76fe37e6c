/** "72 hours compressed": 5,000 changes under load, with a seed. */
import { parseArgs } from 'node:util';
import { openChurnWorld } from './open-world.ts';

const usage = `Usage: node proxies/apiserver-load-balancer/churn/run.ts [options]

  --changes N   (default 5000)
  --seed N      (default 1)
  --dataplane   userspace or nftables (default both, one after the other)
  --help
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    changes: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    dataplane: { type: 'string' },
  },
});

if (values.help) process.stdout.write(usage);
else await run();

async function run(): Promise<void> {
  for (const balancer of ['userspace', 'nftables'] as const) {
    if (values.dataplane !== undefined && values.dataplane !== balancer) continue;
    await using world = await openChurnWorld();
    const { churned, fresh, ...figures } = await world.churn({
      balancer,
      changes: Number(values.changes),
      seed: Number(values.seed),
    });
    const isSame = JSON.stringify(churned) === JSON.stringify(fresh);
    process.stdout.write(`${JSON.stringify({ balancer, isAsFresh: isSame, ...figures })}\n`);
  }
}
