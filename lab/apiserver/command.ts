/** `hop apiserver`: an apiserver alone, with kube-apiserver's flags. Empty, unless its store is not. */
import type { Terminal } from '../../proxies/kit/command.ts';
import { flagCommand } from '../../proxies/kit/flag-command.ts';
import { untilStopped } from '../../proxies/kit/until-stopped.ts';
import { apiserverFlags, type ApiserverFlags } from './flags.ts';
import { runApiserver } from './run-apiserver.ts';

export const command = flagCommand({
  name: 'apiserver',
  flags: apiserverFlags,
  describe: (flag, { messages }) => messages.say(`cli.apiserver.flags.${flag}`),
  run: serve,
});

/** Serves until it is stopped, and lets short requests finish. */
async function serve(
  flags: ApiserverFlags,
  given: ReadonlySet<string>,
  { stdout, stderr }: Terminal,
): Promise<null> {
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
  return null;
}
