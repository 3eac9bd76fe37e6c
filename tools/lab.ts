/** `hop lab`: the cluster alone, without the site, until Ctrl-C. */
import { openServiceDoors, type ServiceDoors } from '../lab/cloud/service-doors.ts';
import { LabInUseError, startLab, type Lab } from '../lab/index.ts';
import type { MachineStatus } from '../lab/machines/machine.ts';
import { defaultTopology, type TopologyOptions } from '../lab/topology.ts';
import type { Command, Terminal } from '../proxies/kit/command.ts';
import { flagHelp } from '../proxies/kit/flag-help.ts';
import { FlagError, parseFlags } from '../proxies/kit/flags.ts';
import { untilStopped } from '../proxies/kit/until-stopped.ts';
import { project } from './project.ts';

const flags = [
  { name: 'machines', type: 'string', default: 'apiserver=3,node=3', group: 'lab' },
  { name: 'fresh', type: 'bool', default: false, group: 'lab' },
  { name: 'secure-port', type: 'int', default: 0, group: 'listen' },
  { name: 'help', shorthand: 'h', type: 'bool', default: false, group: 'diagnostics' },
] as const;

const usageStatus = 2;

export const command: Command = {
  async run(argv, terminal) {
    const { stdout, stderr, messages } = terminal;
    try {
      const { values } = parseFlags(flags, argv);
      if (values.help) {
        const describe = (name: string) => messages.say(`cli.lab.flags.${name}`);
        stdout.write(flagHelp({ id: 'lab', flags, describe }, messages));
        return 0;
      }
      const topology = readTopology(values.machines);
      if (topology === null) {
        const problem = messages.say('cli.lab.bad-machines', { value: values.machines });
        stderr.write(`error: ${problem}\n`);
        return usageStatus;
      }
      const { fresh, 'secure-port': port } = values;
      return await runLab({ topology, fresh, port }, terminal);
    } catch (error) {
      if (error instanceof FlagError) {
        const help = messages.say('cli.see-help', { name: 'lab' });
        stderr.write(`error: ${error.message}\n${help}\n`);
        return usageStatus;
      }
      stderr.write(`${problemOf(error, terminal)}\n`);
      return 1;
    }
  },
};

function problemOf(error: unknown, { messages }: Terminal): string {
  if (error instanceof LabInUseError) {
    const { directory, pid } = error;
    return messages.say('cli.lab.in-use', { directory, pid });
  }
  const message = error instanceof Error ? error.message : String(error);
  return messages.say('start.failed', { message });
}

/** @example readTopology('node=5') // { apiservers: 3, nodes: 5 } */
export function readTopology(text: string): TopologyOptions | null {
  const counts = { apiserver: defaultTopology.apiservers, node: defaultTopology.nodes };
  for (const part of text.split(',')) {
    const match = /^(apiserver|node)=([1-9])$/.exec(part.trim());
    if (!match) return null;
    counts[match[1] as keyof typeof counts] = Number(match[2]);
  }
  return { apiservers: counts.apiserver, nodes: counts.node };
}

interface RunOptions {
  readonly topology: TopologyOptions;
  readonly fresh: boolean;
  readonly port: number;
}

async function runLab({ topology, fresh, port }: RunOptions, terminal: Terminal): Promise<number> {
  const { stdout, stderr, messages } = terminal;
  const stopped = untilStopped();
  const startedAt = performance.now();
  const starting = startLab({
    directory: project('.lab', 'cluster'),
    topology,
    fresh,
    ...(port === 0 ? {} : { port }),
    onProgress: (line) => stderr.write(`  ${line}\n`),
  });
  const lab = await Promise.race([starting, stopped]);
  if (lab === null || typeof lab === 'string') {
    // Stopped while it was starting: what has begun is ended, too.
    await starting.then(
      (late) => late[Symbol.asyncDispose](),
      () => undefined,
    );
    return 130;
  }
  await using running = lab;
  await using opened = await openServiceDoors(running);
  stdout.write(table(running, opened, terminal));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  stdout.write(`\n${messages.say('start.ready', { seconds })}\n`);
  using following = follow(running, terminal);
  await stopped;
  following[Symbol.dispose]();
  stdout.write(`\n${messages.say('start.stopping')}\n`);
  return 0;
}

function table(lab: Lab, { doors }: ServiceDoors, { messages }: Terminal): string {
  const rows = [
    ...lab.machines().map(({ name, addresses }) => [name, addresses.join('  ')] as const),
    [messages.say('cli.lab.mode'), messages.say(`cli.lab.modes.${lab.mode}`)] as const,
    ...(lab.reason === null ? [] : [['', lab.reason] as const]),
    [messages.say('start.table.apiserver'), lab.server] as const,
    ...doors.map(
      ({ line }, index) =>
        [index === 0 ? messages.say('start.table.load-balancer') : '', line] as const,
    ),
    [messages.say('start.table.kubeconfig'), lab.kubeconfigPath] as const,
    [messages.say('start.table.try'), 'hop kubectl get pods -A -o wide'] as const,
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return `\n${rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')}\n`;
}

/** Says what becomes of the machines, as it happens. */
function follow(lab: Lab, { stdout, messages }: Terminal): Disposable {
  const seen = new Map(lab.machines().map((machine) => [machine.name, machine.state]));
  return lab.onChange(() => {
    for (const machine of lab.machines()) {
      if (seen.get(machine.name) === machine.state) continue;
      seen.set(machine.name, machine.state);
      stdout.write(`${describe(machine)}\n`);
    }
  });

  function describe({ name, state, since, message }: MachineStatus): string {
    const at = new Date(since).toLocaleTimeString(messages.tag);
    const said = message === undefined ? '' : `: ${message}`;
    return `${at}  ${name}  ${messages.say(`cli.lab.states.${state}`)}${said}`;
  }
}
