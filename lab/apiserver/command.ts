/** `hop apiserver`: an apiserver alone, with kube-apiserver's flags. Empty, unless its store is not. */
import type { Command, Terminal } from '../../proxies/kit/command.ts';
import { flagHelp } from '../../proxies/kit/flag-help.ts';
import { FlagError, parseFlags } from '../../proxies/kit/flags.ts';
import { untilStopped } from '../../proxies/kit/until-stopped.ts';
import { ConfigurationError } from '../../proxies/kit/apiserver/configuration-error.ts';
import { apiserverFlags, type ApiserverFlags } from './flags.ts';
import { runApiserver } from './run-apiserver.ts';

export const command: Command = {
  async run(argv, terminal) {
    const { messages, stdout, stderr } = terminal;
    try {
      const { values, given, positionals } = parseFlags(apiserverFlags, argv);
      if (values.help) {
        const describe = (name: string) => messages.say(`cli.apiserver.flags.${name}`);
        stdout.write(flagHelp({ id: 'apiserver', flags: apiserverFlags, describe }, messages));
        return 0;
      }
      if (positionals.length > 0) {
        const list = JSON.stringify(positionals.join(' '));
        throw new FlagError(`kube-apiserver does not take any arguments, got ${list}`);
      }
      await serve(values, given, terminal);
      return 0;
    } catch (error) {
      stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
      const hint = hintOf(error, terminal);
      if (hint !== undefined && terminal.isHinting) stderr.write(`${hint}\n`);
      return 1;
    }
  },
};

/** Serves until it is stopped, and lets short requests finish. */
async function serve(
  flags: ApiserverFlags,
  given: ReadonlySet<string>,
  { stdout, stderr }: Terminal,
): Promise<void> {
  let isServing = false;
  const stopped = untilStopped().then(() => {
    // There is nothing to finish yet; a store that is away may be waited for.
    if (!isServing) process.exit(0);
  });
  const log = (line: string) => void stderr.write(`${line}\n`);
  await using apiserver = await runApiserver(flags, { given, log, stdout });
  isServing = true;
  process.send?.({ ready: true, address: apiserver.address });
  await stopped;
}

function hintOf(error: unknown, { messages }: Terminal): string | undefined {
  if (error instanceof FlagError) return messages.say('cli.see-help', { name: 'apiserver' });
  if (!(error instanceof ConfigurationError)) return undefined;
  return messages.say(`cli.apiserver.hints.${error.hint}`, error.values);
}
