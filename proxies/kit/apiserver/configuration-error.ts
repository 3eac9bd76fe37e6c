/** What can be wrong with the flags of an apiserver, in kube-apiserver's words. */
import { readFile } from 'node:fs/promises';
import { goFileError } from '../kubeconfig/errors.ts';

/** `hint` names the message `cli.<command>.hints.<hint>`: what to do next. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly hint: string;
  readonly values: Readonly<Record<string, string>>;

  constructor(hint: string, message: string, values: Readonly<Record<string, string>> = {}) {
    super(message);
    this.hint = hint;
    this.values = values;
  }
}

/** @throws ConfigurationError `open /x: no such file or directory` */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError('unreadable-file', goFileError('open', path, error), { path });
  }
}
