/** `hop <subcommand>`: the project's commands, each loaded when it is asked for. */
import { constants } from 'node:os';
import { closest } from '../proxies/kit/closest.ts';
import type { Command, Terminal } from '../proxies/kit/command.ts';
import { loadMessages, localeFromEnvironment } from '../proxies/kit/messages.ts';
import { ownVersion } from '../proxies/kit/own-version.ts';

/** The subcommands, in the order of `hop --help`; `cli.commands.<name>` says what each does. */
const commands: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  'kubectl-proxy': () => import('../proxies/kubectl-proxy/command.ts'),
  'apiserver-proxy': () => import('../proxies/apiserver-proxy/command.ts'),
  'kube-proxy': () => import('../proxies/kube-proxy/command.ts'),
  'apiserver-lb': () => import('../proxies/apiserver-load-balancer/command.ts'),
  'cloud-lb': () => import('../proxies/cloud-load-balancer/command.ts'),
  apiserver: () => import('../lab/apiserver/command.ts'),
  kubectl: () => import('./kubectl.ts'),
  lab: () => import('./lab.ts'),
  prove: () => import('./prove.ts'),
  translate: () => import('./translate/command.ts'),
};

// Nobody reads on (`hop … | head -1`): the end, as SIGPIPE ends other programs.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(128 + constants.signals.SIGPIPE);
  });
}

const locale = localeFromEnvironment(process.env);
const terminal: Terminal = {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  messages: loadMessages(locale ?? 'en'),
  isHinting: locale !== null || process.stderr.isTTY,
};

process.exitCode = await main(process.argv.slice(2));
// A channel to the process that started us must not keep this one.
if (process.connected) process.disconnect();

async function main([name = '', ...argv]: readonly string[]): Promise<number> {
  const { stdout, stderr, messages } = terminal;
  if (['', 'help', '--help', '-h'].includes(name)) {
    stdout.write(help());
    return 0;
  }
  if (['version', '--version', '-v'].includes(name)) {
    stdout.write(`hop ${ownVersion()} (node ${process.versions.node})\n`);
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    const [suggestion] = closest(name, Object.keys(commands));
    const key = suggestion === undefined ? 'cli.unknown' : 'cli.unknown-close';
    stderr.write(`${messages.say(key, { name, suggestion })}\n`);
    return 2;
  }
  const { command } = await load();
  return command.run(argv, terminal);
}

function help(): string {
  const { messages } = terminal;
  const names = Object.keys(commands);
  const column = Math.max(...names.map((name) => name.length)) + 3;
  return [
    messages.say('cli.about'),
    '',
    messages.say('cli.usage-top'),
    '',
    messages.say('cli.subcommands'),
    ...names.map((name) => `  ${name.padEnd(column)}${messages.say(`cli.commands.${name}`)}`),
    '',
    messages.say('cli.more'),
    '',
  ].join('\n');
}
