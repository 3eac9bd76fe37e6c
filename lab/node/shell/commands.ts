/** Every command that the shell knows. None of them touches the machine that the lab runs on. */
import { archiveCommands } from './commands/archive.ts';
import { fileCommands } from './commands/files.ts';
import { networkCommands } from './commands/network.ts';
import { systemCommands } from './commands/system.ts';
import { textCommands } from './commands/text.ts';
import type { Command } from './program.ts';

const table: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    ...textCommands,
    ...fileCommands,
    ...systemCommands,
    ...networkCommands,
    ...archiveCommands,
    which: async ({ args, stdout }) => {
      const known = args.filter((name) => executables.includes(name));
      await stdout.write(known.map((name) => `/bin/${name}\n`).join(''));
      return known.length === args.length ? 0 : 1;
    },
    command: async ({ args, stdout, run }) => {
      if (args[0] !== '-v') return run(args);
      const name = args[1] ?? '';
      if (!findCommand(name)) return 127;
      await stdout.write(`${name}\n`);
      return 0;
    },
  } satisfies Record<string, Command>),
);

/** These change the shell that runs them: no file stands for them. */
const builtins = new Set(['cd', 'exit', 'export', 'unset', 'set', ':', 'command']);

/** The names in /bin. */
export const executables: readonly string[] = [...table.keys(), 'sh']
  .filter((name) => !builtins.has(name))
  .sort();

/** A command by its name, or by its path in one of the usual places. */
export function findCommand(name: string): Command | undefined {
  const match = /^(?:\/(?:usr\/)?(?:local\/)?s?bin\/)?([^/]+)$/.exec(name);
  return match ? table.get(match[1] ?? '') : undefined;
}

/** Whether a container runtime would find a file of this name on the PATH. */
export function isExecutable(name: string): boolean {
  const own = name.replace(/^\/(?:usr\/)?(?:local\/)?s?bin\//, '');
  return executables.includes(own) || own === 'ash';
}
