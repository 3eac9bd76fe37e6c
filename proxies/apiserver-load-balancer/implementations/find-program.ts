/** Finds somebody else's program: on the PATH, or where distributions put daemons. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';

/** An ordinary user's PATH leaves these out. */
const daemonDirectories = ['/usr/local/sbin', '/usr/sbin'];

/** What to install, by the program: the same name in Debian, Fedora, Alpine and Homebrew. */
export type ForeignProgram = 'nginx' | 'haproxy';

/** @throws ConfigurationError with the hint `program-missing`, where it is not installed */
export async function findProgram(name: ForeignProgram): Promise<string> {
  const searched = [...(process.env.PATH ?? '').split(delimiter), ...daemonDirectories];
  for (const directory of searched) {
    // An empty entry means the working directory: nothing is run from there.
    if (directory === '') continue;
    const path = join(directory, name);
    if (await isExecutable(path)) return path;
  }
  throw new ConfigurationError(
    'program-missing',
    `${name} is not installed: it is neither on the PATH nor in ${daemonDirectories.join(', ')}`,
    { program: name },
  );
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
