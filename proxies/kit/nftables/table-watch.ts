/** Repairs the tables when somebody else has changed them. */
import { systemClock } from '../clock.ts';
import { watchRuleset } from '../netlink/watch-ruleset.ts';
import { createDriftRepair } from './drift-repair.ts';

const maxPauseMs = 30_000;

export async function repairTables(options: {
  /** Of our tables, one for each family. */
  readonly tableName: string;
  /** Of which there should be one: `hop apiserver-lb`. */
  readonly command: string;
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
      owner: options.tableName,
      question: `Does another ${options.command} run on this machine?`,
      repair: options.repair,
      warn: options.log,
    }),
  );
  const ours = ['ip', 'ip6'].map((family) => `${family} ${options.tableName}`);
  owned.use(
    await watchRuleset([options.netlinkPort], ({ who, tables }) => {
      if (tables === null || ours.some((table) => tables.has(table))) drift.drifted(who);
    }),
  );
  const kept = owned.move();
  return { [Symbol.dispose]: () => kept.dispose() };
}
