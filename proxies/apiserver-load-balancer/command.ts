/** `hop apiserver-lb`: the flags, the start and the end of the command. */
import type { Terminal } from '../kit/command.ts';
import { flagCommand, serveUntilStopped } from '../kit/flag-command.ts';
import { ownVersion } from '../kit/own-version.ts';
import { untilStopped, type StopSignal } from '../kit/until-stopped.ts';
import { cleanUp } from './command/clean-up.ts';
import { startRunning } from './command/running.ts';
import { configure, type Flags } from './config/configure.ts';
import { apiserverLoadBalancer } from './descriptor.ts';

export const command = flagCommand({
  name: 'apiserver-lb',
  flags: apiserverLoadBalancer.flags,
  version: `hop ${ownVersion()}`,
  run,
});

/**
 * Serves until it is stopped; null where it has done what it was asked to. SIGHUP is no end: it reads the list of
 * backends again.
 */
async function run(
  flags: Flags,
  given: ReadonlySet<string>,
  terminal: Terminal,
): Promise<StopSignal | null> {
  const log = (line: string) => void terminal.stderr.write(`${line}\n`);
  if (flags.cleanup) {
    await cleanUp(log);
    return null;
  }
  const configuration = await configure(flags, { given, terminal, log });
  return serveUntilStopped(
    () => startRunning(configuration, { terminal, log }),
    untilStopped(['SIGINT', 'SIGTERM']),
  );
}
