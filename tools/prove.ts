/** `hop prove [--json] [claim or page…]`: tries claims and their refutations, and shows what came of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLab } from '../lab/index.ts';
import type { Claim } from '../proxies/descriptor.ts';
import { subjects } from '../proxies/index.ts';
import type { Command, Terminal } from '../proxies/kit/command.ts';
import { flagHelp } from '../proxies/kit/flag-help.ts';
import { FlagError, parseFlags } from '../proxies/kit/flags.ts';
import { missingNeeds } from '../proxies/kit/needs.ts';
import type { Proof, Verdict } from '../proxies/kit/proof.ts';
import { proveClaim } from '../proxies/kit/prove.ts';
import { untilStopped } from '../proxies/kit/until-stopped.ts';
import { proofs } from '../src/server/live/proof-of.ts';
import { lend } from '../src/server/live/start-backend.ts';
import { closest } from '../proxies/kit/closest.ts';
import { verdictTable } from './verdict-table.ts';

const flags = [
  { name: 'json', type: 'bool', default: false, group: 'diagnostics' },
  { name: 'kubeconfig', type: 'string', default: '', group: 'cluster' },
  { name: 'help', shorthand: 'h', type: 'bool', default: false, group: 'diagnostics' },
] as const;

const usageStatus = 2;

interface Provable {
  readonly claim: Claim;
  readonly proof: Proof;
}

export const command: Command = {
  async run(argv, terminal) {
    const { stdout, stderr, messages } = terminal;
    try {
      const { values, positionals } = parseFlags(flags, argv);
      if (values.help) {
        const describe = (name: string) => messages.say(`cli.prove.flags.${name}`);
        stdout.write(flagHelp({ id: 'prove', flags, describe }, messages));
        return 0;
      }
      const chosen = choose(positionals, terminal);
      if (chosen === null) return usageStatus;
      const verdicts = await prove(chosen, values.kubeconfig, terminal, (verdict) => {
        if (values.json) stdout.write(`${JSON.stringify(verdict)}\n`);
      });
      if (verdicts === null) return 130;
      if (!values.json) stdout.write(verdictTable(verdicts, messages));
      return verdicts.every(isSound) ? 0 : 1;
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      stderr.write(`error: ${error.message}\n${messages.say('cli.see-help', { name: 'prove' })}\n`);
      return usageStatus;
    }
  },
};

/** The claims that were named, by their pages or one by one, or all; `null` after saying which name is wrong. */
function choose(names: readonly string[], { stderr, messages }: Terminal): Provable[] | null {
  const known = new Map<string, Provable>();
  for (const claim of subjects.flatMap(({ claims }) => claims)) {
    const proof = proofs.get(claim.id);
    if (proof !== undefined) known.set(claim.id, { claim, proof });
  }
  if (names.length === 0) return [...known.values()];
  const claimsOf = (name: string) =>
    known.has(name)
      ? [name]
      : (subjects.find(({ id }) => id === name)?.claims ?? []).map(({ id }) => id);
  const unknown = names.filter((name) => claimsOf(name).length === 0);
  for (const name of unknown) {
    const near = closest(name, [...known.keys()]);
    const list = (near.length > 0 ? near : [...known.keys()]).map((id) => `  ${id}`).join('\n');
    const key = near.length > 0 ? 'cli.prove.unknown-close' : 'cli.prove.unknown';
    stderr.write(`${messages.say(key, { name })}\n${list}\n`);
  }
  if (unknown.length > 0) return null;
  const chosen = new Set(names.flatMap(claimsOf));
  return [...known].filter(([id]) => chosen.has(id)).map(([, provable]) => provable);
}

/** One after the other; `null` when stopped by a signal. Nothing is left behind either way. */
async function prove(
  chosen: readonly Provable[],
  kubeconfigPath: string,
  { stderr, messages }: Terminal,
  onVerdict: (verdict: Verdict) => void,
): Promise<readonly Verdict[] | null> {
  const stop = new AbortController();
  void untilStopped().then(() => stop.abort());
  const isStopped = () => stop.signal.aborted;
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'hop-prove-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const cluster =
    kubeconfigPath === ''
      ? stack.use(await startLab({ directory: join(directory, 'lab') }))
      : { kubeconfigPath };

  const verdicts: Verdict[] = [];
  for (const { claim, proof } of chosen) {
    if (isStopped()) return null;
    stderr.write(`${messages.say('cli.prove.trying', { claim: claim.id })}\n`);
    const verdict = await proveClaim(claim, proof, {
      lend: (signal) => lend(cluster, directory, signal),
      missing: missingNeeds('mode' in cluster ? cluster : null),
      signal: stop.signal,
      onWorld: (world) => stderr.write(`  ${messages.say(`cli.prove.worlds.${world}`)}\n`),
    });
    if (isStopped()) return null;
    verdicts.push(verdict);
    onVerdict(verdict);
  }
  return verdicts;
}

function isSound({ result }: Verdict): boolean {
  return result === 'proved' || result === 'not-provable-here';
}
