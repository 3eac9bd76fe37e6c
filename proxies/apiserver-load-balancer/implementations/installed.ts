/** Somebody else's program, or what to do where it is not installed. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { findProgram } from '../../kit/find-program.ts';

/** @throws ConfigurationError with the hint `program-missing` */
export function installed(program: 'nginx' | 'haproxy'): string {
  const path = findProgram(program);
  if (path !== null) return path;
  throw new ConfigurationError(
    'program-missing',
    `${program} is neither on the PATH nor in /usr/sbin or /usr/local/sbin: is it installed?`,
    { program },
  );
}
