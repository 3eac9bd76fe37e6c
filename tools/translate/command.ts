/** `hop translate`: checks the translations, says what is left to do, records what was done. */
import { relative, resolve } from 'node:path';
import type { Flag } from '../../proxies/descriptor.ts';
import type { Command, Terminal } from '../../proxies/kit/command.ts';
import { FlagError, parseFlags } from '../../proxies/kit/flags.ts';
import { translatedLocales } from '../../src/i18n/content-files.ts';
import { allLocales, isLocale, sourceLocale, type Locale } from '../../src/i18n/locales.ts';
import { formatFinding, runChecks } from './run-checks.ts';
import { stamp } from './stamp.ts';
import { formatStatus, translationStatus } from './status.ts';
import { isMeant, translationUnits } from './units.ts';

const usage = `Check the translations, see what is left to do, and record what was done.

Usage:
  hop translate check  [--locale <locale>] [<what>…]   one line for each thing to mend; exits 1 if any
  hop translate status [--locale <locale>] [<what>…]   what is current, stale or missing
  hop translate stamp  [--locale <locale>] [<what>…]   record that these were made from the present English

<what> is a page (kubectl-proxy), a section (kubectl-proxy#filter), a namespace (interface),
a message (interface:search.none) or the path of a file; without it, everything is meant.

Flags:
      --locale strings    a language, by its folder: it, pt-br (default: all)
      --content string    the content folder (default: this repository's)
      --json              write the status as JSON
  -h, --help              show this, and stop
`;

const flags = [
  { name: 'locale', type: 'strings', default: [] },
  { name: 'content', type: 'string', default: resolve(import.meta.dirname, '../../content') },
  { name: 'json', type: 'bool', default: false },
  { name: 'help', shorthand: 'h', type: 'bool', default: false },
] as const satisfies readonly Pick<Flag, 'name' | 'type' | 'default' | 'shorthand'>[];

interface Task {
  readonly locales: readonly Locale[];
  readonly words: readonly string[];
  readonly root: string;
  readonly isJson: boolean;
  readonly print: (line: string) => void;
}

const verbs: Readonly<Record<string, (task: Task) => number>> = { check, status, stamp: stampAll };

/** What each verb works on when no language is named. */
const usualLocales: Readonly<Record<string, (root: string) => readonly Locale[]>> = {
  check: (root) => [sourceLocale, ...translatedLocales(root)],
  status: () => allLocales.filter((locale) => locale !== sourceLocale),
  stamp: translatedLocales,
};

export const command: Command = {
  run: async (argv, { stdout, stderr }: Pick<Terminal, 'stdout' | 'stderr'>) => {
    try {
      const { values, positionals } = parseFlags(flags, argv);
      const [name, ...words] = positionals;
      if (values.help || name === undefined) {
        (values.help ? stdout : stderr).write(usage);
        return values.help ? 0 : 1;
      }
      const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
      if (verb === undefined) throw new FlagError(`unknown command: ${name}`);
      const root = relative('', values.content) || '.';
      const locales = readLocales(values.locale, usualLocales[name]?.(root) ?? []);
      checkWords(words, root);
      const print = (line: string) => void stdout.write(`${line}\n`);
      return verb({ locales, words, root, isJson: values.json, print });
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      stderr.write(`error: ${error.message}\nSee 'hop translate --help' for usage.\n`);
      return 1;
    }
  },
};

function check({ locales, words, root, print }: Task): number {
  const findings = locales
    .flatMap((locale) => runChecks(locale, root))
    .filter(
      ({ unit, file }) =>
        words.length === 0 || words.some((word) => isMeant({ name: unit ?? '', file }, word)),
    );
  for (const finding of findings) print(formatFinding(finding));
  print(
    findings.length === 0
      ? `Nothing to mend in ${locales.join(', ')}.`
      : `${findings.length} to mend.`,
  );
  return findings.length === 0 ? 0 : 1;
}

function status({ locales, words, root, isJson, print }: Task): number {
  const statuses = locales.map((locale) => translationStatus(locale, words, root));
  print(isJson ? JSON.stringify(statuses, null, 2) : formatStatus(statuses));
  return 0;
}

function stampAll({ locales, words, root, print }: Task): number {
  const results = locales.map((locale) => ({ locale, ...stamp(locale, words, root) }));
  for (const { locale, stamped, refused } of results) {
    for (const { name } of stamped) print(`${locale}: stamped ${name}`);
    for (const finding of refused) print(formatFinding(finding));
    print(`${locale}: ${stamped.length} stamped, ${refused.length} to mend first.`);
  }
  return results.some(({ refused }) => refused.length > 0) ? 1 : 0;
}

function readLocales(given: readonly string[], usual: readonly Locale[]): readonly Locale[] {
  if (given.length === 0) return usual;
  return given
    .flatMap((list) => list.split(','))
    .map((locale) => {
      if (!isLocale(locale)) throw new FlagError(`unknown locale: ${locale}`);
      return locale;
    });
}

function checkWords(words: readonly string[], root: string): void {
  const units = [sourceLocale, ...translatedLocales(root)].flatMap((locale) =>
    translationUnits(locale, root),
  );
  const unknown = words.find((word) => !units.some((unit) => isMeant(unit, word)));
  if (unknown === undefined) return;
  throw new FlagError(`no page, section, namespace, message or file is called ${unknown}`);
}
