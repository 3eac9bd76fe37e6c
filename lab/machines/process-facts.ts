/** What the system knows of a process. Linux alone says it; elsewhere everything is `null`. */
import { readFile, readlink } from 'node:fs/promises';

const pageBytes = 4_096;

/** Resident memory of a process, by the id it has on the host. */
export async function residentBytesOf(hostPid: number): Promise<number | null> {
  const statm = await readFile(`/proc/${hostPid}/statm`, 'utf8').catch(() => '');
  const pages = Number(statm.split(' ')[1]);
  return Number.isNaN(pages) ? null : pages * pageBytes;
}

/**
 * The id that a child of ours has on the host. In a process namespace it differs from the one we see;
 * /proc is the host's there.
 */
export async function hostPidOf(pid: number | undefined): Promise<number | null> {
  try {
    const own = await readlink('/proc/self');
    const children = await readFile(`/proc/self/task/${own}/children`, 'utf8');
    for (const child of children.trim().split(' ')) {
      const status = await readFile(`/proc/${child}/status`, 'utf8').catch(() => '');
      const ids = /^NSpid:\s*(.+)$/m.exec(status)?.[1]?.split('\t');
      if (ids?.at(-1) === String(pid)) return Number(child);
    }
    return null;
  } catch {
    return pid ?? null;
  }
}
