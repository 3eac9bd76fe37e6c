/** `hop cloud-lb`: the flags, the start and the end of the command. */
import type { Terminal } from '../kit/command.ts';
import { flagCommand, serveUntilStopped } from '../kit/flag-command.ts';
import { splitValues } from '../kit/flags.ts';
import { ownVersion } from '../kit/own-version.ts';
import type { StopSignal } from '../kit/until-stopped.ts';
import { cleanUp } from './command/clean-up.ts';
import { startRunning } from './command/running.ts';
import { configure, type Flags } from './config/configure.ts';
import { cloudLoadBalancer } from './descriptor.ts';

export const command = flagCommand({
  name: 'cloud-lb',
  flags: cloudLoadBalancer.flags,
  version: `hop ${ownVersion()}`,
  run,
});

/** Serves until it is stopped; null where it has done what it was asked to. */
async function run(
  flags: Flags,
  _given: ReadonlySet<string>,
  terminal: Terminal,
): Promise<StopSignal | null> {
  const log = (line: string) => void terminal.stderr.write(`${line}\n`);
  if (flags.cleanup) {
    await cleanUp(splitValues(flags['address-pool']), log);
    return null;
  }
  const configuration = await configure(flags, terminal);
  return serveUntilStopped(() => startRunning(configuration, { terminal, log }));
}
