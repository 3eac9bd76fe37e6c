/** Kubeconfig files, readable by their owner alone. */
import { chmod, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';

export interface KubeconfigContents {
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly user: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly namespace?: string;
}

/** Writes a kubeconfig with one cluster, one user and one context, mode 0600. */
export async function writeKubeconfig(
  path: string,
  { cluster, user, name = 'hop', namespace }: KubeconfigContents,
): Promise<void> {
  const contents = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name: `${name}-admin`, user }],
    contexts: [
      {
        name,
        context: { cluster: name, user: `${name}-admin`, ...(namespace ? { namespace } : {}) },
      },
    ],
    'current-context': name,
  };
  await writeFile(path, stringify(contents), { mode: 0o600 });
  // The mode above counts only for a file that is new.
  await chmod(path, 0o600);
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
