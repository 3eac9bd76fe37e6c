/** What the lab lends to a proof: apiservers of its own, which end with it. */
import { join } from 'node:path';
import type { Laboratory } from '../proxies/kit/proof.ts';
import type { Lab } from './index.ts';

export interface LaboratoryOptions {
  /** The proof's own directory; whoever made it removes it. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** A laboratory in front of the running lab, or of the cluster whose kubeconfig is given. */
export function createLaboratory(
  lab: Pick<Lab, 'kubeconfigPath'>,
  { directory, signal }: LaboratoryOptions,
): Laboratory {
  let started = 0;
  return {
    directory,
    signal,
    clusterKubeconfig: lab.kubeconfigPath,
    startApiserver: async () => {
      signal.throwIfAborted();
      started += 1;
      const number = started;
      // The lab's own apiservers are other processes: until a proof wants one, this one has none in it.
      const { startRecordingApiserver } = await import('./recording-apiserver.ts');
      const apiserver = await startRecordingApiserver(join(directory, `apiserver-${number}`));
      if (signal.aborted) await apiserver[Symbol.asyncDispose]();
      signal.throwIfAborted();
      signal.addEventListener('abort', () => void apiserver[Symbol.asyncDispose](), { once: true });
      return apiserver;
    },
  };
}
