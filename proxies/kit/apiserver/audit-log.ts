/** Where `--audit-log-path` leads: a line for each event. */
import { createWriteStream } from 'node:fs';
import { goFileError } from '../kubeconfig/errors.ts';
import { ConfigurationError } from './configuration-error.ts';

/**
 * Opens it; undefined where no path is given, and `-` is the standard output.
 *
 * @throws ConfigurationError
 */
export async function openAuditLog(
  path: string,
  stdout: NodeJS.WritableStream,
): Promise<((line: string) => void) | undefined> {
  if (path === '') return undefined;
  if (path === '-') return (line) => void stdout.write(`${line}\n`);
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
  await new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', (error) =>
      reject(new ConfigurationError('bad-audit-log', goFileError('open', path, error), { path })),
    );
  });
  return (line) => void stream.write(`${line}\n`);
}
