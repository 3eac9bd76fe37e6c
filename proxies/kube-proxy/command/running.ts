/** A kube-proxy as a process of its own: its client, its mode, its hops, and the file it was configured by. */
import { writeFile } from 'node:fs/promises';
import type { Terminal } from '../../kit/command.ts';
import { relayHops } from '../../kit/hop-channel.ts';
import { klogLine } from '../../kit/klog.ts';
import type { Configuration } from '../config/configuration.ts';
import { configzOf } from '../config/configz.ts';
import { nodeNameOf } from '../config/configure.ts';
import { conntrackOf, settingsOf } from '../config/settings-of.ts';
import { setConntrackSysctls } from '../conntrack/sysctls.ts';
import { familiesHere } from '../node/families-here.ts';
import { startKubeProxy } from '../proxy.ts';
import { connect } from './connect.ts';
import { hopSource } from './hop-source.ts';
import { loadMode } from './load-mode.ts';
import type { FileWatch } from './until-file-changes.ts';

export interface RunOptions {
  readonly configuration: Configuration;
  /** The file that it was read from: a change ends the process. */
  readonly file: FileWatch;
  readonly master: string;
  readonly terminal: Terminal;
  readonly log: (line: string) => void;
}

export interface Running extends AsyncDisposable {
  readonly addresses: { readonly address: string | null; readonly metricsAddress: string | null };
  /** Rejects with the reason why it cannot go on. */
  readonly ended: Promise<never>;
}

export async function startRunning(options: RunOptions): Promise<Running> {
  const { configuration, file, log } = options;
  const nodeName = nodeNameOf(configuration);
  await using starting = new AsyncDisposableStack();
  // First, for it says what is missing here.
  const mode = starting.use(await loadMode(configuration.mode));
  const { kubeconfig } = configuration.clientConnection;
  const client = starting.use(await connect({ ...options, kubeconfig }));
  await setOomScore(configuration.oomScoreAdj);
  if (mode.name === 'nftables') await setConntrackSysctls(conntrackOf(configuration), { log });
  log(klogLine('I', 'hop', `Starting kube-proxy for the node ${nodeName} in ${mode.name} mode`));
  const wanted = settingsOf(configuration);
  const info = (text: string) => log(klogLine('I', 'hop', text));
  const families = await familiesHere(wanted.families, wanted.bindAddress, info);
  const settings = { ...wanted, families };
  const configz = configzOf(configuration);
  const proxy = starting.use(
    await startKubeProxy({ client, nodeName, mode, settings, configz, log }),
  );
  starting.use(relayHops(hopSource(proxy, configuration)));
  const { healthzAddress, metricsAddress } = proxy;
  if (healthzAddress !== null) log(klogLine('I', 'hop', `Serving health at ${healthzAddress}`));
  if (metricsAddress !== null) log(klogLine('I', 'hop', `Serving metrics at ${metricsAddress}`));
  void proxy.synced.then(() => log(klogLine('I', 'hop', 'All that the API says is written')));
  const owned = starting.move();
  return {
    addresses: { address: healthzAddress, metricsAddress },
    ended: Promise.race([proxy.ended, file.ended]),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The kernel is to end others first. Not everybody may say so. */
async function setOomScore(score: number): Promise<void> {
  await writeFile('/proc/self/oom_score_adj', String(score)).catch(() => undefined);
}
