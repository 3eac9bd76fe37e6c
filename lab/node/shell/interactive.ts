/** `exec -it … sh`: a prompt, lines that can be edited, and Ctrl-C that ends what runs. */
import { PassThrough } from 'node:stream';
import type { ProcessStreams } from '../streams/process-streams.ts';
import { interrupted, runScript, type Interpreter } from './interpreter.ts';
import { createLineEditor } from './line-editor.ts';
import { parse } from './parse.ts';
import { ShellExit, type Io } from './program.ts';
import { SyntaxProblem } from './syntax.ts';

/** Resolves with the exit status, when the user leaves. */
export async function runInteractive(
  io: Io,
  shell: Interpreter,
  streams: ProcessStreams,
): Promise<number> {
  const { state } = shell;
  const waiting: (string | null)[] = [];
  let wake: () => void = () => undefined;
  let running: { readonly abort: () => void; readonly input: PassThrough } | undefined;
  let script = '';

  const editor = createLineEditor({
    // What is typed behind `exit` comes when the output has ended.
    echo: (text) => {
      if (!streams.stdout.writableEnded) streams.stdout.write(text);
    },
    onLine: (line) => {
      if (!running) waiting.push(line);
      // Behind Ctrl-D the command reads no more.
      else if (!running.input.writableEnded) running.input.write(`${line}\n`);
      wake();
    },
    onInterrupt: () => {
      if (running) running.abort();
      else {
        script = '';
        if (!streams.stdout.writableEnded) streams.stdout.write(prompt());
      }
    },
    onEnd: () => {
      if (running) running.input.end();
      else waiting.push(null);
      wake();
    },
  });
  const prompt = () =>
    script === '' ? `${state.directory === '/root' ? '~' : state.directory} # ` : '> ';
  streams.onResize(({ columns, rows }) => {
    state.variables.set('COLUMNS', String(columns));
    state.variables.set('LINES', String(rows));
  });
  streams.stdin.on('data', (chunk: Buffer) => editor.feed(chunk.toString()));
  streams.stdin.once('end', () => editor.feed('\x04'));
  shell.signal.addEventListener('abort', () => {
    waiting.push(null);
    wake();
  });

  const nextLine = async (): Promise<string | null> => {
    while (waiting.length === 0) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      wake = () => resolve(undefined);
      await promise;
    }
    return waiting.shift() ?? null;
  };
  for (;;) {
    streams.stdout.write(prompt());
    const line = await nextLine();
    if (line === null) return shell.signal.aborted ? interrupted : state.lastStatus;
    script += script === '' ? line : `\n${line}`;
    if (isUnfinished(script)) continue;
    const whole = script;
    script = '';
    if (whole.trim() === '') continue;
    const stopping = new AbortController();
    const input = new PassThrough();
    running = { abort: () => stopping.abort(), input };
    const signal = AbortSignal.any([shell.signal, stopping.signal]);
    try {
      await runScript(whole, { ...io, stdin: input }, { ...shell, signal });
    } catch (error) {
      if (error instanceof ShellExit) return error.status;
      if (!stopping.signal.aborted) throw error;
      state.lastStatus = interrupted;
    } finally {
      running = undefined;
      input.destroy();
    }
  }
}

/** A quote or a parenthesis is open: the line goes on. */
function isUnfinished(script: string): boolean {
  try {
    parse(script);
    return false;
  } catch (error) {
    return error instanceof SyntaxProblem && error.isUnfinished;
  }
}
