/** Where nginx keeps its stream module: built in, or in a file of its own. */
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigurationError } from '../../../kit/apiserver/configuration-error.ts';

const file = 'ngx_stream_module.so';

/**
 * @returns the file to load; null where it is built in
 * @throws ConfigurationError with the hint `stream-module-missing`
 */
export async function findStreamModule(nginx: string): Promise<string | null> {
  const { stderr: version } = await promisify(execFile)(nginx, ['-V']);
  if (/ --with-stream( |$)/m.test(version)) return null;
  const modules = / --modules-path=(\S+)/.exec(version)?.[1];
  const directories = [
    ...(modules === undefined ? [] : [modules]),
    '/usr/lib/nginx/modules',
    '/usr/lib64/nginx/modules',
    '/usr/share/nginx/modules',
  ];
  for (const directory of directories) {
    const path = join(directory, file);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new ConfigurationError(
    'stream-module-missing',
    `nginx has no stream module: ${file} is not in ${directories.join(', ')}`,
    { file },
  );
}
