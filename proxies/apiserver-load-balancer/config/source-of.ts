/** Which flag says who the backends are. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { Terminal } from '../../kit/command.ts';
import { splitValues } from '../../kit/flags.ts';
import { loadRequiredConfig } from '../../kit/kubeconfig/required-config.ts';
import { readEntry } from '../sources/entry.ts';
import type { Source } from './configuration.ts';
import type { Flags } from './configure.ts';

/** @throws ConfigurationError, KubeconfigError */
export async function sourceOf(flags: Flags, terminal: Terminal): Promise<Source> {
  const entries = splitValues(flags.backend).map((text) => readEntry(text, `--backend ${text}`));
  const { 'backends-file': path, 'endpoint-slices': isFollowing, kubeconfig } = flags;
  if (path !== '' && (entries.length > 0 || isFollowing)) {
    const other = isFollowing ? '--endpoint-slices' : '--backend';
    throw new ConfigurationError(
      'two-sources',
      `--backends-file and ${other} both say who the backends are`,
    );
  }
  if (path !== '') return { kind: 'file', path };
  if (isFollowing) {
    const cluster = await loadRequiredConfig({ kubeconfig, terminal });
    return { kind: 'endpoint-slices', seeds: entries, cluster };
  }
  if (entries.length === 0) throw new ConfigurationError('no-backends', 'no backends are given');
  return { kind: 'flags', entries };
}
