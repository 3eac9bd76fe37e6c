/** Reads a configuration file: YAML or JSON, as strictly as upstream's decoder. */
import type * as z from 'zod';
import { ConfigurationError, readText } from '../../kit/apiserver/configuration-error.ts';
import { parseYaml } from '../../kit/kubeconfig/yaml.ts';
import { configurationSchema, withAddresses, type Configuration } from './configuration.ts';

/** @throws ConfigurationError that names the fields */
export async function readConfiguration(path: string): Promise<Configuration> {
  const source = await readText(path);
  let value: unknown;
  try {
    value = parseYaml(source);
  } catch (error) {
    throw refuse(path, error instanceof Error ? error.message : String(error));
  }
  const { success, data, error } = configurationSchema.safeParse(value ?? {});
  if (!success) throw refuse(path, error.issues.map(describe).join(', '));
  return withAddresses(data);
}

function refuse(path: string, why: string): ConfigurationError {
  return new ConfigurationError('bad-config', `failed complete: failed to decode: ${why}`, {
    path,
  });
}

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => JSON.stringify([...issue.path, key].join('.')));
    return `strict decoding error: unknown field ${names.join(', ')}`;
  }
  return `${place === '' ? 'the file' : place}: ${issue.message}`;
}
