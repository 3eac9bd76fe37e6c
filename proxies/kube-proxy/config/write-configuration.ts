/** `--write-config-to`: the configuration as a file that can be read again. */
import { writeFile } from 'node:fs/promises';
import type { Json } from '../../kit/api/json.ts';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { writeYaml } from '../../kit/apiserver/write-yaml.ts';
import { goDuration } from '../../kit/go-duration.ts';
import { goFileError } from '../../kit/kubeconfig/errors.ts';
import type { Configuration } from './configuration.ts';

/** Of what is written, these are times: in the file they are Go's. */
const durations = /(Period|Timeout|flushFrequency)$/;

/** @throws ConfigurationError */
export async function writeConfiguration(
  configuration: Configuration,
  path: string,
): Promise<void> {
  const text = JSON.stringify(configuration, (name, value: unknown) =>
    typeof value === 'number' && durations.test(name) ? goDuration(value) : value,
  );
  try {
    await writeFile(path, writeYaml(JSON.parse(text) as Json));
  } catch (error) {
    throw new ConfigurationError('unwritable-file', goFileError('open', path, error), { path });
  }
}
