/** A configuration file that its program has tested before it is used: a bad one leaves the last good one. */
import { execFile } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';

/** The program and its arguments that test a file; the file comes last. */
type Test = readonly [path: string, ...args: string[]];

export class TestedFile {
  readonly path: string;
  readonly #test: Test;
  #text: string;

  private constructor(path: string, text: string, test: Test) {
    this.path = path;
    this.#text = text;
    this.#test = test;
  }

  /** @throws ConfigurationError with the hint `configuration-refused`, and what the program says */
  static async write(
    path: string,
    { text, test }: { readonly text: string; readonly test: Test },
  ): Promise<TestedFile> {
    await writeTested(path, text, test);
    return new TestedFile(path, text, test);
  }

  /**
   * Has the program take another text; the same text costs nothing.
   *
   * @param take makes the program read it; when it throws, the text before is put back
   * @throws ConfigurationError with the hint `configuration-refused`; then nothing was touched
   */
  async replace(text: string, take: () => Promise<void>): Promise<void> {
    if (text === this.#text) return;
    await writeTested(this.path, text, this.#test);
    try {
      await take();
    } catch (error) {
      await writeFile(this.path, this.#text);
      throw error;
    }
    this.#text = text;
  }
}

async function writeTested(path: string, text: string, test: Test): Promise<void> {
  const next = `${path}.next`;
  await writeFile(next, text, { mode: 0o600 });
  const [program, ...args] = test;
  try {
    await promisify(execFile)(program, [...args, next]);
  } catch (error) {
    await rm(next, { force: true });
    throw new ConfigurationError('configuration-refused', `${program} refuses: ${said(error)}`, {
      program,
    });
  }
  await rename(next, path);
}

function said(error: unknown): string {
  const isFailed = typeof error === 'object' && error !== null && 'stderr' in error;
  const text = isFailed && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return text === '' ? String(error) : text;
}
