/** The usual world of a proof: an apiserver that remembers, and the command in front of it. */
import type { Laboratory, Notebook, RecordingApiserver } from '../../kit/proof.ts';
import { runCommand, type RunningCommand } from './running-command.ts';

export interface ApiserverWorld extends AsyncDisposable {
  readonly apiserver: RecordingApiserver;
  readonly proxy: Extract<RunningCommand, { isServing: true }>;
}

export interface WorldOptions {
  /** Writes the kubeconfig for the apiserver; by default one with its token. */
  readonly kubeconfig?: (apiserver: RecordingApiserver) => Promise<string>;
  readonly args?: readonly string[];
}

/** @throws Error when the command does not serve: a world that cannot be had, not a contradiction. */
export async function apiserverWorld(
  laboratory: Laboratory,
  notebook: Notebook,
  { kubeconfig = (apiserver) => apiserver.kubeconfig(), args = [] }: WorldOptions = {},
): Promise<ApiserverWorld> {
  await using stack = new AsyncDisposableStack();
  const apiserver = stack.use(await laboratory.startApiserver());
  const proxy = stack.use(
    await runCommand({
      args: ['--port', '0', '--kubeconfig', await kubeconfig(apiserver), ...args],
      signal: laboratory.signal,
      onHop: notebook.hop,
    }),
  );
  if (!proxy.isServing) throw new Error(proxy.stderr());
  const owned = stack.move();
  return { apiserver, proxy, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
