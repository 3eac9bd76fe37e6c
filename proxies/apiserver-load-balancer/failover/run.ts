/** Measures failover of hop, nginx and HAProxy, side by side. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { balancerNames, type BalancerName } from '../conformance/world/balancer-methods.ts';
import { whyNot } from '../conformance/runners/why-not.ts';
import { medians } from './medians.ts';
import type { Failover } from './measure.ts';
import { openFailoverWorld } from './open-world.ts';
import { measuredFile, recordOf } from './record.ts';
import { scenarios, settings, type ScenarioId } from './scenario.ts';
import { tableOf } from './table.ts';

const usage = `Usage: node proxies/apiserver-load-balancer/failover/run.ts [options]

  --rounds N        rounds, in turns (default 1)
  --rate N          new TLS connections a second, with one request each (default ${settings.requestsPerSecond})
  --only LIST       some of ${scenarios.map(({ id }) => id).join(',')}
  --balancers LIST  some of ${balancerNames.join(',')}
  --record          write ${measuredFile.pathname.split('/').slice(-4).join('/')}
  --help
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '1' },
    rate: { type: 'string', default: String(settings.requestsPerSecond) },
    only: { type: 'string' },
    balancers: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(usage);
else await run();

async function run(): Promise<void> {
  const chosen = listed(
    values.only,
    scenarios.map(({ id }) => id),
  );
  const balancers = listed(values.balancers, balancerNames).filter((name) => isHere(name));
  const rate = Number(values.rate);
  const rounds = Number(values.rounds);
  const measured = new Map<string, Failover[]>();
  await using world = await openFailoverWorld();
  for (let round = 0; round < rounds; round++) {
    for (const scenario of chosen) {
      for (const balancer of balancers) {
        const one = await world.measure(scenario, balancer, rate, settings.observedMs);
        const key = `${scenario} ${balancer}`;
        measured.set(key, [...(measured.get(key) ?? []), one]);
        process.stderr.write(`${key}: ${JSON.stringify(one)}\n`);
      }
    }
  }
  const all = [...measured].map(([key, figures]) => {
    const [scenario, balancer] = key.split(' ') as [ScenarioId, BalancerName];
    return { scenario, balancer, ...medians(figures) };
  });
  process.stdout.write(tableOf(all));
  if (values.record) {
    await writeFile(measuredFile, `${JSON.stringify(recordOf(all, { rounds, rate }), null, 2)}\n`);
  }
}

function listed<T extends string>(text: string | undefined, all: readonly T[]): readonly T[] {
  if (text === undefined) return all;
  const wanted = text.split(',');
  const unknown = wanted.find((one) => !(all as readonly string[]).includes(one));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${all.join(', ')}.`);
  return all.filter((one) => wanted.includes(one));
}

function isHere(name: BalancerName): boolean {
  const reason = whyNot(name);
  if (reason !== null) process.stderr.write(`${name} is left out: ${reason}\n`);
  return reason === null;
}
