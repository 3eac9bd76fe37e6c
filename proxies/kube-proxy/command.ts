/** `hop kube-proxy`: the flags, the start, the errors and the end of the command. */
import type { Terminal } from '../kit/command.ts';
import { flagCommand, serveUntilStopped } from '../kit/flag-command.ts';
import { klogLine } from '../kit/klog.ts';
import type { StopSignal } from '../kit/until-stopped.ts';
import { cleanUp } from './command/clean-up.ts';
import { startRunning } from './command/running.ts';
import { untilFileChanges } from './command/until-file-changes.ts';
import { configure, type Flags } from './config/configure.ts';
import { conntrackOf } from './config/settings-of.ts';
import { writeConfiguration } from './config/write-configuration.ts';
import { setConntrackSysctls } from './conntrack/sysctls.ts';
import { kubeProxy } from './descriptor.ts';

export const command = flagCommand({
  name: 'kube-proxy',
  flags: kubeProxy.flags,
  version: `Kubernetes v${kubeProxy.upstream.version} (hop)`,
  run,
});

/** Says by which signal it was stopped; null where it has done what it was asked to. */
async function run(
  flags: Flags,
  given: ReadonlySet<string>,
  terminal: Terminal,
): Promise<StopSignal | null> {
  const log = (line: string) => void terminal.stderr.write(`${line}\n`);
  using file = untilFileChanges(flags.config);
  const configuration = await configure(flags, given);
  const { 'write-config-to': target } = flags;
  if (target !== '') {
    await writeConfiguration(configuration, target);
    log(klogLine('I', 'options.go:421', `Wrote configuration: file=${JSON.stringify(target)}`));
    return null;
  }
  if (flags.cleanup) {
    await cleanUp(log);
    return null;
  }
  if (flags['init-only']) {
    await setConntrackSysctls(conntrackOf(configuration), { log });
    return null;
  }
  const signal = await serveUntilStopped(() =>
    startRunning({ configuration, file, master: flags.master, terminal, log }),
  );
  log(klogLine('I', 'hop', 'Stopped: the rules stay; hop kube-proxy --cleanup removes them'));
  return signal;
}
