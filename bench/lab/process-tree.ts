/** The processes below this one, and what they weigh. */
import { readdir, readFile } from 'node:fs/promises';
import { residentBytes } from './processes.ts';

export interface Descendant {
  /** The program it runs, as `lab/store/main.ts`. */
  readonly program: string;
  readonly residentBytes: number;
}

/** Every process that this one started, and those that they started, also in namespaces. */
export async function descendants(): Promise<readonly Descendant[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    parents.set(pid, Number(/\) \S (\d+)/.exec(stat)?.[1] ?? 0));
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid) ?? 0;
    return parent === process.pid || (parent > 1 && isBelow(parent));
  };
  const found = pids.filter(isBelow).map(async (pid) => ({
    program: await programOf(pid),
    residentBytes: await residentBytes(pid).catch(() => NaN),
  }));
  return (await Promise.all(found)).filter(({ residentBytes: bytes }) => bytes > 0);
}

async function programOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const argv = line.split('\0');
  // What wraps a program has its name among its arguments, too.
  const program = argv[0] === process.execPath && argv.find((argument) => argument.endsWith('.ts'));
  return program ? `lab/${program.split('/lab/').at(-1) ?? ''}` : (argv[0] ?? '');
}
