/** One binary in one namespace: runs its commands there, and starts those that do not end. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { KubectlBinary } from '../testing/find-kubectls.ts';
import { normalise } from './normalise.ts';

export interface Result {
  readonly code: number;
  /** Normalised, as stderr is. */
  readonly stdout: string;
  readonly stderr: string;
  /** What it printed, letter by letter. */
  readonly raw: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Session {
  readonly binary: KubectlBinary;
  readonly namespace: string;
  readonly directory: string;
  /** Runs a command to its end; a failure is a result like any other. */
  run(command: string, options?: RunOptions): Promise<Result>;
  /** Starts a command that goes on; `use` gets it, and it ends with `use`. */
  start<T>(command: string, use: (running: Running) => Promise<T>): Promise<T>;
  /** The same, where the command has a terminal. */
  startInTerminal<T>(command: string, use: (running: Running) => Promise<T>): Promise<T>;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves with what it has printed once that matches; rejects when it ends before, or too late. */
  printed(pattern: RegExp): Promise<string>;
  readonly exited: Promise<number>;
  write(text: string): void;
}

export interface SessionOptions {
  readonly binary: KubectlBinary;
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly directory: string;
  /** Discovery is kept here, for all sessions of a binary. */
  readonly cache: string;
}

const timeoutMs = 30_000;

export function createSession(options: SessionOptions): Session {
  const { binary, kubeconfig, namespace, directory, cache } = options;
  const global = ['--kubeconfig', kubeconfig, '--cache-dir', cache, '--namespace', namespace];
  const environment = { ...process.env, HOME: directory, KUBECONFIG: kubeconfig };
  const argumentsOf = (command: string) => [
    ...global,
    ...wordsOf(command.replaceAll('NS', namespace)),
  ];

  return {
    binary,
    namespace,
    directory,
    run: (command, { stdin = '', env = {} } = {}) => {
      const { promise, resolve } = Promise.withResolvers<Result>();
      const child = execFile(
        binary.path,
        argumentsOf(command),
        { cwd: directory, timeout: timeoutMs, env: { ...environment, ...env } },
        (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
          resolve({
            code,
            stdout: normalise(stdout, namespace),
            stderr: normalise(stderr, namespace),
            raw: stdout,
          });
        },
      );
      // It may end without reading.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(stdin);
      return promise;
    },
    start: (command, use) => follow(command, [binary.path, ...argumentsOf(command)], use),
    startInTerminal: (command, use) => {
      // Words with spaces are not for the shell that `script` starts.
      const line = [binary.path, ...argumentsOf(command)].join(' ');
      return follow(command, ['script', '-qefc', line, '/dev/null'], use);
    },
  };

  async function follow<T>(
    command: string,
    [program = '', ...words]: readonly string[],
    use: (running: Running) => Promise<T>,
  ): Promise<T> {
    const child = spawn(program, words, { cwd: directory, env: environment });
    const exited = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : -1));
    try {
      return await use(watchOutput(command, child, exited));
    } finally {
      child.kill('SIGINT');
      await exited;
    }
  }
}

function watchOutput(
  command: string,
  child: ReturnType<typeof spawn>,
  exited: Promise<number>,
): Running {
  let output = '';
  const news = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      news.dispatchEvent(new Event('printed'));
    });
  }
  return {
    child,
    exited,
    write: (text) => child.stdin?.write(text),
    printed: (pattern) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const fail = (why: string) =>
        reject(new Error(`kubectl ${command}: ${why}; it printed: ${output}`));
      const look = () => {
        if (pattern.test(output)) resolve(output);
      };
      const timer = setTimeout(() => fail(`${String(pattern)} did not come`), timeoutMs / 2);
      news.addEventListener('printed', look);
      void exited.then(() => {
        look();
        fail('it ended');
      });
      look();
      return promise.finally(() => {
        clearTimeout(timer);
        news.removeEventListener('printed', look);
      });
    },
  };
}

/** @example wordsOf("get pods -l 'app in (a, b)'") // ['get', 'pods', '-l', 'app in (a, b)'] */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}
