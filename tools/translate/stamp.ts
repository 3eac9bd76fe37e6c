/** Records in the lock file that translations were made from the present English. */
import { writeFileSync } from 'node:fs';
import { lockPath, readLock } from '../../src/i18n/content-files.ts';
import type { Locale } from '../../src/i18n/locales.ts';
import type { TranslationsLock } from '../../src/i18n/translations-lock.ts';
import { runChecks, type NamedFinding } from './run-checks.ts';
import { isMeant, translationUnits, type Unit } from './units.ts';

export interface Stamped {
  /** The units that were not current, and now are. */
  readonly stamped: readonly Unit[];
  /** Why others that were meant are not: what `check` says about them. */
  readonly refused: readonly NamedFinding[];
}

/**
 * Stamps the units that are meant by any of the words, or all that are translated.
 *
 * A unit that a check finds fault with stays as it was; so does every unit of a file whose fault
 * belongs to no unit. Entries of sections and messages that English no longer has are dropped.
 */
export function stamp(locale: Locale, words: readonly string[], root: string): Stamped {
  const findings = runChecks(locale, root);
  const unreadable = findings.filter(({ check }) => check === 'syntax');
  if (unreadable.length > 0) return { stamped: [], refused: unreadable };

  const units = translationUnits(locale, root);
  const meant = units.filter(
    (unit) => words.length === 0 || words.some((word) => isMeant(unit, word)),
  );
  const faults = new Map(meant.map((unit) => [unit, faultsOf(unit, findings)]));
  const accepted = meant.filter(
    (unit) => unit.state !== 'missing' && faults.get(unit)?.length === 0,
  );
  write(locale, units, new Set(accepted), root);
  return {
    stamped: accepted.filter(({ state }) => state === 'stale'),
    refused: [...new Set([...faults.values()].flat())],
  };
}

function faultsOf({ name, file }: Unit, findings: readonly NamedFinding[]): NamedFinding[] {
  return findings.filter((finding) =>
    finding.unit === undefined ? finding.file === file : finding.unit === name,
  );
}

function write(
  locale: Locale,
  units: readonly Unit[],
  accepted: ReadonlySet<Unit>,
  root: string,
): void {
  const lock = readLock(root);
  const before = lock[locale] ?? { pages: {}, messages: {} };
  const entries = (kind: Unit['kind'], old: Readonly<Record<string, Record<string, string>>>) => {
    const groups: Record<string, Record<string, string>> = {};
    for (const unit of units.filter((candidate) => candidate.kind === kind)) {
      const hash = accepted.has(unit) ? unit.english : old[unit.group]?.[unit.key];
      if (hash !== undefined) (groups[unit.group] ??= {})[unit.key] = hash;
    }
    return groups;
  };
  const after: TranslationsLock = {
    ...lock,
    [locale]: {
      pages: entries('section', before.pages),
      messages: entries('message', before.messages),
    },
  };
  const sorted = Object.fromEntries(Object.entries(after).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(lockPath(root), `${JSON.stringify(sorted, null, 2)}\n`);
}
