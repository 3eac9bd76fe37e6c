/** Somebody else's program as a child in the foreground: its lines are read, and it ends with us. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { findProgram } from '../../kit/find-program.ts';

export interface Foreground extends AsyncDisposable {
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
  /** Rejects when it ends on its own, with what it said last. Never resolves. */
  readonly failed: Promise<never>;
}

/** How long it has to end by itself. */
const patienceMs = 3000;
/** So much of what it said last tells why it ended. */
const keptLines = 5;

/**
 * Starts it in a process group of its own: a Ctrl-C in the terminal reaches us alone, and we end it once we have
 * put everything away. When we are killed the kernel ends it (`setpriv --pdeathsig`, where there is one).
 */
export async function runForeground(options: {
  readonly path: string;
  readonly args: readonly string[];
  readonly onLine: (line: string) => void;
}): Promise<Foreground> {
  const { path, args, onLine } = options;
  const leash = await leashed();
  const [command = path, ...rest] = [...leash, path, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = once(child, 'close');
  // Where it cannot be started, whoever starts it hears of that, and of nothing else.
  ended.catch(() => undefined);
  await once(child, 'spawn');
  const pid = child.pid ?? Number.NaN;
  const last: string[] = [];
  let isStopping = false;
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      last.push(line);
      if (last.length > keptLines) last.shift();
      // How it ends when we end it is nobody's concern.
      if (!isStopping) onLine(line);
    });
  }
  // Workers do not outlive their master, however it ended; they hold what `close` waits for.
  child.once('exit', () => killGroup(pid));

  const failed = ended.then(([code, signal]: (string | number | null)[]) => {
    if (isStopping) return new Promise<never>(() => undefined);
    throw new Error(`${path} ended with ${signal ?? code ?? 'no code'}: ${last.join('\n')}`);
  });
  failed.catch(() => undefined); // Whoever waits for it hears of it.

  return {
    pid,
    failed,
    signal: (name) => void child.kill(name),
    async [Symbol.asyncDispose]() {
      isStopping = true;
      child.kill('SIGTERM');
      const patience = setTimeout(() => killGroup(pid), patienceMs);
      await ended;
      clearTimeout(patience);
    },
  };
}

/** Has the kernel end a program when we have been killed: Linux with util-linux, whose `setpriv` knows how. */
async function leashed(): Promise<readonly string[]> {
  const setpriv = findProgram('setpriv');
  if (setpriv === null) return [];
  const options = ['--pdeathsig', 'TERM'];
  const works = promisify(execFile)(setpriv, [...options, 'true']);
  return works.then(
    () => [setpriv, ...options],
    () => [],
  );
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
