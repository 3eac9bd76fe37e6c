/** `hop kube-proxy`: the flags, the start, the errors and the end of the command. */
import { ApiError } from '../kit/api/errors.ts';
import { ConfigurationError } from '../kit/apiserver/configuration-error.ts';
import type { Command, Terminal } from '../kit/command.ts';
import { flagHelp } from '../kit/flag-help.ts';
import { FlagError, parseFlags } from '../kit/flags.ts';
import { klogLine } from '../kit/klog.ts';
import { KubeconfigError } from '../kit/kubeconfig/errors.ts';
import { endBySignal, unlessStopped, untilStopped, type StopSignal } from '../kit/until-stopped.ts';
import { cleanUp } from './command/clean-up.ts';
import { startRunning } from './command/running.ts';
import { untilFileChanges } from './command/until-file-changes.ts';
import { configure, type Flags } from './config/configure.ts';
import { conntrackOf } from './config/settings-of.ts';
import { writeConfiguration } from './config/write-configuration.ts';
import { setConntrackSysctls } from './conntrack/sysctls.ts';
import { kubeProxy } from './descriptor.ts';

export const command: Command = {
  async run(argv, terminal) {
    const { messages, stdout, stderr, isHinting } = terminal;
    try {
      const { values, given, positionals } = parseFlags(kubeProxy.flags, argv);
      if (values.help) {
        stdout.write(flagHelp(kubeProxy, messages));
        return 0;
      }
      if (values.version) {
        stdout.write(`Kubernetes v${kubeProxy.upstream.version} (hop)\n`);
        return 0;
      }
      if (positionals.length > 0) {
        const list = positionals.map((text) => JSON.stringify(text)).join(' ');
        throw new FlagError(`"kube-proxy" does not take any arguments, got [${list}]`);
      }
      const signal = await run(values, given, terminal);
      if (signal !== null) endBySignal(signal);
      return 0;
    } catch (error) {
      stderr.write(`${announce(error)}\n`);
      const hint = hintOf(error, terminal);
      if (hint !== undefined && isHinting) stderr.write(`${hint}\n`);
      return 1;
    }
  },
};

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
  const stopped = untilStopped();
  await using running = await unlessStopped(stopped, () =>
    startRunning({ configuration, file, master: flags.master, terminal, log }),
  );
  process.send?.({ ready: true, ...running.addresses });
  const signal = await Promise.race([stopped, running.ended]);
  log(klogLine('I', 'hop', 'Shutting down: the rules stay; hop kube-proxy --cleanup removes them'));
  return signal;
}

function announce(error: unknown): string {
  if (error instanceof KubeconfigError) return error.announcement;
  if (error instanceof ApiError) return `error: the server answers ${error.code}: ${error.message}`;
  return `error: ${error instanceof Error ? error.message : String(error)}`;
}

/** What to do next, by what went wrong. */
function hintOf(error: unknown, { messages }: Terminal): string | undefined {
  const say = (hint: string, values?: Readonly<Record<string, string>>) =>
    messages.say(`cli.kube-proxy.hints.${hint}`, values);
  if (error instanceof FlagError) return messages.say('cli.see-help', { name: 'kube-proxy' });
  if (error instanceof ConfigurationError) return say(error.hint, error.values);
  if (error instanceof ApiError) return say(error.code === 401 ? 'not-authenticated' : 'refused');
  if (error instanceof KubeconfigError) return say('bad-kubeconfig');
  return undefined;
}
