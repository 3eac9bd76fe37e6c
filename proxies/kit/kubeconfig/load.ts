/** Finds, reads and merges kubeconfig files (specification 1.8, client-go `tools/clientcmd/loader.go`). */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import {
  emptyKubeconfig,
  parseKubeconfig,
  type ClusterEntry,
  type Kubeconfig,
  type UserEntry,
} from './config-file.ts';
import { errorCode, goFileError, KubeconfigError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The merged configuration: the explicit file alone, or `KUBECONFIG`'s list, or `~/.kube/config`.
 *
 * @throws KubeconfigError when the explicit file is missing, or a file cannot be read.
 */
export function loadKubeconfig(explicitPath: string, env: Environment): Kubeconfig {
  if (explicitPath !== '') {
    try {
      statSync(explicitPath);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        throw new KubeconfigError('other', goFileError('stat', explicitPath, error));
      }
    }
  }
  const problems: string[] = [];
  const loaded: Kubeconfig[] = [];
  for (const path of explicitPath === '' ? precedence(env) : [explicitPath]) {
    try {
      const source = readFileSync(path, 'utf8');
      loaded.push(withAbsolutePaths(parseKubeconfig(source), dirname(path)));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') continue;
      const isFileError = error instanceof Error && 'code' in error;
      const problem = isFileError ? goFileError('open', path, error) : (error as Error).message;
      problems.push(`error loading config file "${path}": ${problem}`);
    }
  }
  if (problems.length === 1) throw new KubeconfigError('other', ...problems);
  if (problems.length > 1) throw new KubeconfigError('other', `[${problems.join(', ')}]`);
  return loaded.reduceRight(mergeUnder, emptyKubeconfig);
}

function precedence(env: Environment): readonly string[] {
  const listed = env.KUBECONFIG ?? '';
  if (listed === '') return [join(env.HOME ?? homedir(), '.kube', 'config')];
  return [...new Set(listed.split(delimiter))].filter((path) => path !== '');
}

/** The earlier file wins, whole entries at a time. */
function mergeUnder(later: Kubeconfig, earlier: Kubeconfig): Kubeconfig {
  return {
    currentContext: earlier.currentContext || later.currentContext,
    clusters: new Map([...later.clusters, ...earlier.clusters]),
    users: new Map([...later.users, ...earlier.users]),
    contexts: new Map([...later.contexts, ...earlier.contexts]),
  };
}

/** A relative path means: relative to the file it is written in. */
function withAbsolutePaths(config: Kubeconfig, directory: string): Kubeconfig {
  const absolute = (path: string) =>
    path === '' || isAbsolute(path) ? path : resolve(directory, path);
  const cluster = (entry: ClusterEntry): ClusterEntry => ({
    ...entry,
    certificateAuthority: absolute(entry.certificateAuthority),
  });
  const user = (entry: UserEntry): UserEntry => ({
    ...entry,
    clientCertificate: absolute(entry.clientCertificate),
    clientKey: absolute(entry.clientKey),
    tokenFile: absolute(entry.tokenFile),
    exec: entry.exec && {
      ...entry.exec,
      // A bare name is looked up on the PATH; `./plugin` lies beside the file.
      command: entry.exec.command.includes('/') ? absolute(entry.exec.command) : entry.exec.command,
    },
  });
  return {
    ...config,
    clusters: new Map([...config.clusters].map(([name, entry]) => [name, cluster(entry)])),
    users: new Map([...config.users].map(([name, entry]) => [name, user(entry)])),
  };
}
