/** Repairs the tables when somebody else has changed them. */
import { systemClock } from '../../kit/clock.ts';
import { watchRuleset } from '../../kit/netlink/watch-ruleset.ts';
import { createDriftRepair } from '../../kit/nftables/drift-repair.ts';
import { nftFamily, tableName } from './rules.ts';

const maxPauseMs = 30_000;

export async function repairTables(options: {
  /** What the kernel calls our own connection. */
  readonly netlinkPort: number;
  readonly repair: () => void;
  readonly log: (line: string) => void;
}): Promise<Disposable> {
  using owned = new DisposableStack();
  const drift = owned.use(
    createDriftRepair({
      clock: systemClock,
      maxPauseMs,
      owner: tableName,
      question: 'Does another hop apiserver-lb run on this machine?',
      repair: options.repair,
      warn: options.log,
    }),
  );
  const ours = (['IPv4', 'IPv6'] as const).map((family) => `${nftFamily(family)} ${tableName}`);
  owned.use(
    await watchRuleset([options.netlinkPort], ({ who, tables }) => {
      if (tables === null || ours.some((table) => tables.has(table))) drift.drifted(who);
    }),
  );
  const kept = owned.move();
  return { [Symbol.dispose]: () => kept.dispose() };
}
