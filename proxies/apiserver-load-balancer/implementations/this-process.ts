/** What this process may do, and with it the programs it starts. */
import { readFile } from 'node:fs/promises';

/**
 * Whether a program that begins as root can go on as somebody else. In a user namespace of one user it cannot.
 */
export async function canBecomeOthers(): Promise<boolean> {
  if (process.getuid?.() !== 0) return true; // It does not try.
  const setgroups = await readFile('/proc/self/setgroups', 'utf8').catch(() => 'allow');
  return setgroups.trim() === 'allow';
}

/** How many files a program may have open; a modest number where the system does not say. */
export async function maxOpenFiles(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 4096);
}
