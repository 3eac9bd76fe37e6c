/** Where a program of somebody else's is. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where the programs of administrators are, which the PATH of an ordinary user leaves out. */
const alsoIn = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Its path; null where it is not installed. @example findProgram('nginx') // '/usr/sbin/nginx' */
export function findProgram(name: string): string | null {
  const directories = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...alsoIn];
  return directories.map((directory) => join(directory, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
