import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { directory, FileSystem } from './file-system.ts';
import { runInteractive } from './interactive.ts';
import { sinkOf } from './program.ts';

function begin() {
  const gone = new AbortController();
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  let seen = '';
  stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  const [sink, signal] = [sinkOf(stdout), gone.signal];
  const ended = runInteractive(
    { stdin, stdout: sink, stderr: sink },
    {
      files: new FileSystem(directory()),
      isTerminal: true,
      signal,
      state: { variables: new Map(), parameters: ['sh'], directory: '/', lastStatus: 0 },
      world: {
        hostname: 'web-0',
        addresses: ['127.244.1.2'],
        nodeName: 'node-1',
        program: 'echo',
        startedAt: new Date(0),
        nameservers: [],
        resolve: async () => [],
      },
    },
    { stdin, stdout, stderr: stdout, isTerminal: true, onResize: () => undefined, signal },
  );
  return {
    stdin,
    stdout,
    ended,
    shows: (text: string) => vi.waitFor(() => expect(seen).toContain(text)),
  };
}

describe('an interactive shell', () => {
  it('takes lines behind the end of the input of what runs', async () => {
    const { stdin, ended, shows } = begin();
    await shows('/ # ');
    stdin.write('A=un; echo beg$A; sleep infinity\r');
    await shows('begun');
    stdin.write('\x04');
    stdin.write('too late\r');
    await shows('too late\r\n');
    stdin.write('\x03');
    await shows('^C\r\n/ # ');
    stdin.write('exit 3\r');
    expect(await ended).toBe(3);
  });

  it('is not disturbed by what is typed when it has ended', async () => {
    const { stdin, stdout, ended } = begin();
    stdin.write('exit\r');
    expect(await ended).toBe(0);
    stdout.end();
    stdin.write('ls\r\x03');
    stdin.end();
    await new Promise((resolve) => stdin.once('close', resolve));
  });
});
