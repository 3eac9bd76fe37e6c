/** One lab for a directory: a file says which processes have it. */
import { readFileSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

export interface StateLock extends AsyncDisposable {
  /** Whoever may still write there when we are gone. */
  add(pid: number): Promise<void>;
}

export class LabInUseError extends Error {
  override readonly name = 'LabInUseError';
  readonly directory: string;
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(
      `A lab runs in ${directory} already (process ${pid}). End it, or choose another directory.`,
    );
    this.directory = directory;
    this.pid = pid;
  }
}

/** A process, and when it began: ids are given out again. */
interface Owner {
  readonly pid: number;
  readonly startedAt: string;
}

const supervisorEndsWithinMs = 10_000;

/** Whether the process that took this lock still runs. */
export async function isLocked(path: string): Promise<boolean> {
  const [first] = await readOwners(path);
  return first !== undefined && isAlive(first);
}

/**
 * Takes the directory. A lock whose first owner has ended is taken over, as soon as what that one left
 * behind has ended too.
 *
 * @throws LabInUseError
 */
export async function lockState(directory: string, path: string): Promise<StateLock> {
  const owners = [ownerOf(process.pid)];
  const deadline = Date.now() + supervisorEndsWithinMs;
  while (!(await create(path, owners))) {
    const [first, ...others] = await readOwners(path);
    if (first !== undefined && isAlive(first)) throw new LabInUseError(directory, first.pid);
    const left = others.find(isAlive);
    if (left === undefined) await rm(path, { force: true });
    else if (Date.now() > deadline) throw new LabInUseError(directory, left.pid);
    else await pause(50);
  }
  return {
    add: async (pid) => {
      owners.push(ownerOf(pid));
      await writeFile(path, JSON.stringify(owners));
    },
    [Symbol.asyncDispose]: () => rm(path, { force: true }),
  };
}

/** Whole or not at all; `false` when it is there already. */
async function create(path: string, owners: readonly Owner[]): Promise<boolean> {
  const own = `${path}.${process.pid}`;
  await writeFile(own, JSON.stringify(owners), { mode: 0o600 });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function readOwners(path: string): Promise<readonly Owner[]> {
  try {
    // The border: nobody but us writes it.
    return JSON.parse(await readFile(path, 'utf8')) as readonly Owner[];
  } catch {
    return [];
  }
}

function isAlive({ pid, startedAt }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return ownerOf(pid).startedAt === startedAt;
}

/** The time since boot at which a process began, where Linux tells it. */
function ownerOf(pid: number): Owner {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isEnded = fields[0] === 'Z';
    return { pid, startedAt: isEnded ? 'ended' : (fields[19] ?? '') };
  } catch {
    return { pid, startedAt: '' };
  }
}
