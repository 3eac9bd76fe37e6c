/** Asks for a user name and a password, as kubectl does where a kubeconfig has no credentials. */
import { createInterface } from 'node:readline/promises';
import { KubeconfigError } from './errors.ts';

export interface Prompting {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WritableStream;
}

/** @throws KubeconfigError with `EOF` where nobody answers. */
export async function promptForBasic(
  terminal: Prompting,
): Promise<{ readonly username: string; readonly password: string }> {
  terminal.stdout.write('Please enter Username: ');
  const username = terminal.stdin.isTTY
    ? await readLine(terminal.stdin)
    : await readWord(terminal.stdin);
  terminal.stdout.write('Please enter Password: ');
  if (!terminal.stdin.isTTY) {
    throw new KubeconfigError('other', 'error reading input for Password');
  }
  // Nothing is echoed: readline gets no output to write to.
  terminal.stdin.setRawMode(true);
  try {
    const password = await readLine(terminal.stdin, true);
    terminal.stdout.write('\n');
    return { username, password };
  } finally {
    terminal.stdin.setRawMode(false);
  }
}

async function readLine(stdin: NodeJS.ReadStream, isTerminal = false): Promise<string> {
  const lines = createInterface({ input: stdin, terminal: isTerminal });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', (line) => resolve(line));
      lines.once('close', () => reject(new KubeconfigError('other', 'EOF')));
      lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    });
  } finally {
    lines.removeAllListeners('close').close();
  }
}

/** Go's `Fscan`: the first word, wherever its line is. */
async function readWord(stdin: NodeJS.ReadStream): Promise<string> {
  let seen = '';
  for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
    seen += String(chunk);
    const word = /^\s*(\S+)\s/.exec(seen)?.[1];
    if (word !== undefined) return word;
  }
  const word = seen.trim();
  if (word === '') throw new KubeconfigError('other', 'EOF');
  return word;
}
