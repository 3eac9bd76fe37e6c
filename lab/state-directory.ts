/** Where the lab keeps what outlives it, and what does not. */
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LabPlace } from './topology.ts';

export interface StateDirectory {
  readonly path: string;
  /** Certificates and keys; they stay. */
  readonly pki: string;
  /** What the machines say, a file each; they stay until the next start. */
  readonly logs: string;
  /** The store's logs; they stay. */
  readonly stores: string;
  /** What ends with the lab. */
  readonly passing: {
    /** The administrator's. */
    readonly kubeconfig: string;
    readonly visitorKubeconfig: string;
    /** The machines'. */
    readonly kubeconfigs: string;
    /** Tokens that the apiservers know from their start. */
    readonly tokens: string;
    /** Where the store listens when there is no network of its own. */
    readonly storeSocket: string;
    /** Says which processes have this directory. */
    readonly lock: string;
  };
}

export function stateDirectory(directory: string): StateDirectory {
  const path = resolve(directory);
  return {
    path,
    pki: join(path, 'pki'),
    logs: join(path, 'logs'),
    stores: join(path, 'store'),
    passing: {
      kubeconfig: join(path, 'kubeconfig'),
      visitorKubeconfig: join(path, 'visitor.kubeconfig'),
      kubeconfigs: join(path, 'kubeconfigs'),
      tokens: join(path, 'tokens.csv'),
      storeSocket: join(path, 'store.sock'),
      lock: join(path, 'lock'),
    },
  };
}

/** What is stored has addresses in it: it is of use in the place where it was made. */
export function storeOf({ stores }: StateDirectory, { mode, share }: LabPlace): string {
  return join(stores, mode === 'isolated' ? mode : `${mode}-${share}`);
}

/** The share of the loopback that a lab here had before; 0 where there was none. */
export async function earlierShare({ stores }: StateDirectory): Promise<number> {
  const names = await readdir(stores).catch(() => []);
  const shares = names.map((name) => Number(/^loopback-(\d+)$/.exec(name)?.[1] ?? Infinity));
  const share = Math.min(...shares);
  return Number.isFinite(share) ? share : 0;
}

/** What ends with the lab; whoever ends last does it, be it the host or the supervisor. */
export async function removePassing({
  passing: { lock, ...others },
}: StateDirectory): Promise<void> {
  await Promise.all(
    Object.values(others).map((path) => rm(path, { recursive: true, force: true })),
  );
  await rm(lock, { force: true });
}
