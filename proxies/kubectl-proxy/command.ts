/** `hop kubectl-proxy`: the flags, the start, the errors and the end of the command. */
import { statSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Command, Terminal } from '../kit/command.ts';
import { parseFlags, FlagError, type FlagValues } from '../kit/flags.ts';
import { flagHelp } from '../kit/flag-help.ts';
import { klogLine } from '../kit/klog.ts';
import { loadClientConfig } from '../kit/kubeconfig/client-config.ts';
import { errorCode, goFileError, KubeconfigError } from '../kit/kubeconfig/errors.ts';
import { parseServer } from '../kit/kubeconfig/server-url.ts';
import { createUpstream } from '../kit/kubeconfig/upstream.ts';
import { endBySignal, untilStopped, type StopSignal } from '../kit/until-stopped.ts';
import { kubectlProxy } from './descriptor.ts';
import { createFilter, type Filter } from './filter.ts';
import { relayHops } from '../kit/hop-channel.ts';
import { startHint } from './start-hint.ts';
import { startKubectlProxy } from './proxy.ts';

type Flags = FlagValues<(typeof kubectlProxy)['flags'][number]>;

/** How long a stopped proxy waits for the answers under way. */
const drainMs = 3_000;

/** An end before the start: what to print, and the exit status. */
class StartFailure extends Error {
  override readonly name = 'StartFailure';
  readonly status: number;

  constructor(announcement: string, status = 1) {
    super(announcement);
    this.status = status;
  }
}

export const command: Command = {
  async run(argv, terminal) {
    try {
      const { values } = parseFlags(kubectlProxy.flags, argv);
      if (values.help) {
        terminal.stdout.write(flagHelp(kubectlProxy, terminal.messages));
        return 0;
      }
      const signal = await serve(values, terminal);
      if (signal !== null) endBySignal(signal);
      return 0;
    } catch (error) {
      const { message, status } = failure(error);
      terminal.stderr.write(`${message}\n`);
      const hint = startHint(message);
      if (hint !== null && terminal.isHinting) {
        terminal.stderr.write(`${terminal.messages.say(hint.key, hint.values)}\n`);
      }
      return status;
    }
  },
};

/** Serves until it is stopped, and says by which signal. */
async function serve(flags: Flags, terminal: Terminal): Promise<StopSignal | null> {
  const config = await loadClientConfig(flags, terminal);
  warnAboutServerPath(config.server, flags, terminal);
  const filter = compileFilter(flags, terminal);
  using owned = new DisposableStack();
  const ended = new AbortController();
  owned.defer(() => ended.abort());
  const upstream = createUpstream(config, {
    env: terminal.env,
    isTerminal: isatty(0),
    signal: ended.signal,
  });
  if (flags.port !== defaultPort && flags['unix-socket'] !== '') {
    throw new Error('cannot set --unix-socket and --port at the same time');
  }
  warnAboutFiles(flags.www, terminal);

  await using proxy = await startKubectlProxy({
    upstream,
    listen:
      flags['unix-socket'] === ''
        ? { address: flags.address, port: flags.port }
        : { unixSocket: flags['unix-socket'] },
    apiPrefix: flags['api-prefix'],
    wwwPrefix: flags['www-prefix'],
    filter,
    appendServerPath: flags['append-server-path'],
    keepAliveMs: flags.keepalive,
    log: (line) => terminal.stderr.write(`${line}\n`),
    ...(flags.www !== '' && { www: flags.www }),
  });
  owned.use(relayHops(proxy));
  const stopped = untilStopped();
  terminal.stdout.write(`Starting to serve on ${proxy.address}\n`);
  const signal = await stopped;
  await proxy.close({ drainMs });
  return signal;
}

const defaultPort = kubectlProxy.flags.find(({ name }) => name === 'port')?.default;

function compileFilter(flags: Flags, terminal: Terminal): Filter | null {
  if (flags['disable-filter']) {
    if (flags['unix-socket'] === '') {
      warn(
        terminal,
        'proxy.go:177',
        'Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious',
      );
    }
    return null;
  }
  try {
    return createFilter({
      acceptPaths: flags['accept-paths'],
      rejectPaths: flags['reject-paths'],
      acceptHosts: flags['accept-hosts'],
      rejectMethods: flags['reject-methods'],
    });
  } catch (error) {
    const problem = `Error compiling re: ${(error as Error).message}`;
    throw new StartFailure(klogLine('F', 'proxy_server.go:83', problem), 255);
  }
}

function warnAboutServerPath(server: string, flags: Flags, terminal: Terminal): void {
  if (flags['append-server-path']) return;
  const path = unescape(parseServer(server).writtenPath);
  if (path === '' || path === '/') return;
  warn(
    terminal,
    'proxy.go:169',
    `Your kube context contains a server path ${path}, use --append-server-path to automatically append the path to each request`,
  );
}

/** The characters that the escapes stand for, whatever bytes those are. */
function unescape(path: string): string {
  const bytes = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function warnAboutFiles(directory: string, terminal: Terminal): void {
  if (directory === '') return;
  try {
    if (statSync(directory).isDirectory()) return;
    warn(terminal, 'proxy.go:202', `Static file directory ${directory} is not a directory`);
  } catch (error) {
    const problem = goFileError('stat', directory, error);
    warn(terminal, 'proxy.go:200', `Failed to stat static file directory ${directory}: ${problem}`);
  }
}

function warn({ stderr }: Terminal, source: string, message: string): void {
  stderr.write(`${klogLine('W', source, message)}\n`);
}

function failure(error: unknown): { readonly message: string; readonly status: number } {
  if (error instanceof StartFailure) return error;
  if (error instanceof KubeconfigError) return { message: error.announcement, status: 1 };
  if (error instanceof FlagError) {
    const usage = "See 'hop kubectl-proxy --help' for usage.";
    return { message: `error: ${error.message}\n${usage}`, status: 1 };
  }
  const message = error instanceof Error ? error.message : errorCode(error);
  return { message: `error: ${message}`, status: 1 };
}
