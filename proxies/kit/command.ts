/** A subcommand of `hop`: what `tools/hop.ts` starts, with its surroundings handed in. */
import type { Messages } from './messages.ts';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly messages: Messages;
  /**
   * Whether to add what to do next to an error that keeps Kubernetes' own words: where somebody
   * reads along or asked for a language. A program that reads gets those words alone.
   */
  readonly isHinting: boolean;
}

export interface Command {
  /** Runs to the end and resolves with the exit status. */
  run(argv: readonly string[], terminal: Terminal): Promise<number>;
}
