/** Starts `kubectl-proxy` as a process of its own, as a reader would. */
import {
  runCommand as run,
  type CommandOptions,
  type RunningCommand,
} from '../../kit/running-command.ts';

export type { RunningCommand };

/** Resolves when the command prints where it serves, or has exited. */
export function runCommand(
  options: Omit<CommandOptions, 'command' | 'serving'>,
): Promise<RunningCommand> {
  return run({ command: 'kubectl-proxy', serving: /^Starting to serve on (.+)$/, ...options });
}
