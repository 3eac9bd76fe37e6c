/** Runs one command to its end. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell tells it: 128 and the signal's number when a signal ended it. */
  readonly status: number;
}

export interface CommandOptions {
  readonly stdin?: string | undefined;
  /** What it writes, as it comes; its result has all of it, too. */
  readonly onStdout?: ((text: string) => void) | undefined;
  /** Kills the command. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws Error `ENOENT` where there is no such command; the signal's reason when it is aborted. */
export async function runCommand(
  [file = '', ...args]: readonly string[],
  { stdin = '', onStdout, signal }: CommandOptions = {},
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const child = spawn(file, args, { stdio: 'pipe' });
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, name) =>
      resolve(code ?? 128 + (name ? constants.signals[name] : 0)),
    );
  });
  // Who reads no further than it needs to is no failure of ours.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  try {
    const [stdout, stderr, status] = await Promise.all([
      collect(child.stdout, onStdout),
      text(child.stderr),
      ended,
    ]);
    signal?.throwIfAborted();
    return { stdout, stderr, status };
  } finally {
    signal?.removeEventListener('abort', kill);
  }
}

async function collect(
  stream: Readable,
  onText: (text: string) => void = () => undefined,
): Promise<string> {
  let all = '';
  for await (const text of stream.setEncoding('utf8') as AsyncIterable<string>) {
    all += text;
    onText(text);
  }
  return all;
}
