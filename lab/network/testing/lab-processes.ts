/** The processes of a lab, found by its mark in their environment. */
import { readdir, readFile } from 'node:fs/promises';

export interface LabProcess {
  readonly pid: number;
  readonly command: string;
  /** `T`: stopped. */
  readonly state: string;
}

export async function labProcesses(directory: string): Promise<readonly LabProcess[]> {
  const read = (pid: string, name: string) =>
    readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = (await read(pid, 'environ')).split('\0');
      if (!environment.includes(`HOP_LAB=${directory}`)) return [];
      const [command, stat] = await Promise.all([read(pid, 'cmdline'), read(pid, 'stat')]);
      const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
      return [{ pid: Number(pid), command: command.replaceAll('\0', ' '), state }];
    }),
  );
  return found.flat();
}
