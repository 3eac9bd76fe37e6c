/** `hop apiserver-proxy`: the flags, the start, the errors and the end of the command. */
import { isatty } from 'node:tty';
import { createUpstreamClient, type UpstreamClient } from '../kit/api/upstream-client.ts';
import { ApiError, UnreachableError } from '../kit/api/errors.ts';
import { ConfigurationError } from '../kit/apiserver/configuration-error.ts';
import { clientFlags } from '../kit/client-flags.ts';
import type { Command, Terminal } from '../kit/command.ts';
import { flagHelp } from '../kit/flag-help.ts';
import { FlagError, parseFlags } from '../kit/flags.ts';
import { relayHops } from '../kit/hop-channel.ts';
import { klogLine } from '../kit/klog.ts';
import { loadClientConfig } from '../kit/kubeconfig/client-config.ts';
import { KubeconfigError } from '../kit/kubeconfig/errors.ts';
import { createUpstream } from '../kit/kubeconfig/upstream.ts';
import { endBySignal, unlessStopped, untilStopped, type StopSignal } from '../kit/until-stopped.ts';
import { startBastion } from './bastion/bastion.ts';
import { configure, type Flags } from './bastion/configure.ts';
import { checkApi } from './bastion/check-api.ts';
import { renewTls } from './bastion/renew-tls.ts';
import { apiserverProxy } from './descriptor.ts';

export const command: Command = {
  async run(argv, terminal) {
    const { messages, stdout, stderr, isHinting } = terminal;
    try {
      const { values, given, positionals } = parseFlags(apiserverProxy.flags, argv);
      if (values.help) {
        stdout.write(flagHelp(apiserverProxy, messages));
        return 0;
      }
      if (positionals.length > 0) {
        const list = JSON.stringify(positionals.join(' '));
        throw new FlagError(`apiserver-proxy does not take any arguments, got ${list}`);
      }
      const signal = await serve(values, given, terminal);
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

/** Serves until it is stopped, and says by which signal. */
async function serve(
  flags: Flags,
  given: ReadonlySet<string>,
  terminal: Terminal,
): Promise<StopSignal | null> {
  const stopped = untilStopped();
  await using running = await unlessStopped(stopped, () => start(flags, given, terminal));
  const { address, insecureAddress } = running;
  process.send?.({ ready: true, address, insecureAddress });
  return await stopped;
}

interface Running extends AsyncDisposable {
  readonly address: string;
  readonly insecureAddress: string | undefined;
}

async function start(
  flags: Flags,
  given: ReadonlySet<string>,
  terminal: Terminal,
): Promise<Running> {
  const { stdout, stderr } = terminal;
  const log = (line: string) => void stderr.write(`${line}\n`);
  const configuration = await configure(flags, { given, log, stdout });
  await using starting = new AsyncDisposableStack();
  const api = starting.use(await connect(flags, terminal, log));
  await checkApi(api);
  const bastion = starting.use(await startBastion({ ...configuration, api }));
  starting.use(relayHops(bastion));
  starting.use(renewTls(flags, bastion, log));
  const { address, insecureAddress } = bastion;
  log(klogLine('I', 'secure_serving.go:213', `Serving securely on ${address}`));
  if (insecureAddress !== undefined) {
    const message = `Serving insecurely on ${insecureAddress}: whoever is in between reads the tokens`;
    log(klogLine('W', 'insecure_serving.go:55', message));
  }
  const owned = starting.move();
  return { address, insecureAddress, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function connect(
  flags: Flags,
  { env, ...terminal }: Terminal,
  log: (line: string) => void,
): Promise<UpstreamClient> {
  // The kubeconfig says everything else.
  const unset = parseFlags(clientFlags, []).values;
  const { kubeconfig, context } = flags;
  const config = await loadClientConfig({ ...unset, kubeconfig, context }, { env, ...terminal });
  const upstream = createUpstream(config, { env, isTerminal: isatty(0), log });
  return createUpstreamClient(upstream, { userAgent: 'hop-apiserver-proxy' });
}

function announce(error: unknown): string {
  if (error instanceof KubeconfigError) return error.announcement;
  if (error instanceof UnreachableError) return `Unable to connect to the server: ${error.message}`;
  if (error instanceof ApiError) return `error: the server answers ${error.code}: ${error.message}`;
  return `error: ${error instanceof Error ? error.message : String(error)}`;
}

/** What to do next, by what went wrong. */
function hintOf(error: unknown, { messages }: Terminal): string | undefined {
  const say = (hint: string, values?: Readonly<Record<string, string>>) =>
    messages.say(`cli.apiserver-proxy.hints.${hint}`, values);
  if (error instanceof FlagError) return messages.say('cli.see-help', { name: 'apiserver-proxy' });
  if (error instanceof ConfigurationError) return say(error.hint, error.values);
  if (error instanceof UnreachableError) return say('unreachable');
  if (error instanceof ApiError) return say(error.code === 401 ? 'not-authenticated' : 'refused');
  if (error instanceof KubeconfigError) return say('bad-kubeconfig');
  return undefined;
}
