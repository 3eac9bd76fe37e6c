/** A process and everything below it: its processor time and its memory. */
import { readFileSync, readdirSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const tickMs = 10;

/** Since each began, in milliseconds; of children that have ended, too. */
export function processorMs(root: number): number {
  return tree(root).reduce((sum, pid) => sum + stat(pid).ownMs + stat(pid).childrenMs, 0);
}

/** Of children that this process has waited for, such as a load generator. */
export function endedChildrenMs(): number {
  return stat(process.pid).childrenMs;
}

/** What the processes hold that they do not share, and their part of the rest. */
export function proportionalBytes(root: number): number {
  return tree(root).reduce((sum, pid) => {
    const text = read(`/proc/${pid}/smaps_rollup`);
    return sum + 1024 * Number(/^Pss: +(\d+)/m.exec(text)?.[1] ?? 0);
  }, 0);
}

function tree(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) parents.set(Number(name), stat(Number(name)).parent);
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (pid > 1 && isBelow(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(isBelow);
}

function stat(pid: number) {
  const text = read(`/proc/${pid}/stat`);
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
  return {
    parent,
    ownMs: (user + system) * tickMs,
    childrenMs: (childrenUser + childrenSystem) * tickMs,
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It has ended.
  }
}
