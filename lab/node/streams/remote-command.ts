/** A client that runs or attaches: its streams, and how it is told what came of it. */
import type { ProcessStreams } from './process-streams.ts';

/** The streams that a client asks for, as the kubelet's query names them. */
export interface WantedStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface RemoteCommand {
  readonly streams: ProcessStreams;
  /** Ends the output, tells the outcome, and closes the connection. */
  finish(outcome: Outcome): Promise<void>;
}

export type Outcome = { readonly exitCode: number } | { readonly error: string };

/** @throws Error where nothing is asked for, in the kubelet's words */
export function readWanted(query: URLSearchParams): WantedStreams {
  const has = (name: string) => ['1', 'true'].includes(query.get(name) ?? '');
  const tty = has('tty');
  const wanted = {
    tty,
    stdin: has('input'),
    stdout: has('output'),
    // A terminal has one output.
    stderr: has('error') && !tty,
  };
  if (!wanted.stdin && !wanted.stdout && !wanted.stderr) {
    throw new Error('you must specify at least 1 of stdin, stdout, stderr');
  }
  return wanted;
}

/** `metav1.Status` on the error stream since v4; before that, plain text for what went wrong. */
export function outcomeText(outcome: Outcome, isStatus: boolean): string {
  const isWell = 'exitCode' in outcome && outcome.exitCode === 0;
  if (!isStatus) {
    if (isWell) return '';
    return 'error' in outcome
      ? outcome.error
      : `error executing remote command: command terminated with non-zero exit code: exit code ${outcome.exitCode}`;
  }
  return JSON.stringify({ metadata: {}, ...statusOf(outcome) });
}

function statusOf(outcome: Outcome): object {
  if ('error' in outcome) {
    return {
      status: 'Failure',
      message: `Internal error occurred: ${outcome.error}`,
      reason: 'InternalError',
      details: { causes: [{ message: outcome.error }] },
      code: 500,
    };
  }
  if (outcome.exitCode === 0) return { status: 'Success' };
  return {
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit code ${outcome.exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(outcome.exitCode) }] },
  };
}
