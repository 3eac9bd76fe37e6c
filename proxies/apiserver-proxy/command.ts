/** `hop apiserver-proxy`: the flags, the start, the errors and the end of the command. */
import { isatty } from 'node:tty';
import { createUpstreamClient, type UpstreamClient } from '../kit/api/upstream-client.ts';
import { clientFlags } from '../kit/client-flags.ts';
import type { Terminal } from '../kit/command.ts';
import { flagCommand, serveUntilStopped, type Serving } from '../kit/flag-command.ts';
import { parseFlags } from '../kit/flags.ts';
import { relayHops } from '../kit/hop-channel.ts';
import { klogLine } from '../kit/klog.ts';
import { loadClientConfig } from '../kit/kubeconfig/client-config.ts';
import { createUpstream } from '../kit/kubeconfig/upstream.ts';
import { startBastion } from './bastion/bastion.ts';
import { configure, type Flags } from './bastion/configure.ts';
import { checkApi } from './bastion/check-api.ts';
import { renewTls } from './bastion/renew-tls.ts';
import { apiserverProxy } from './descriptor.ts';

export const command = flagCommand({
  name: 'apiserver-proxy',
  flags: apiserverProxy.flags,
  run: (flags, given, terminal) => serveUntilStopped(() => start(flags, given, terminal)),
});

async function start(
  flags: Flags,
  given: ReadonlySet<string>,
  terminal: Terminal,
): Promise<Serving> {
  const { stdout, stderr } = terminal;
  const log = (line: string) => void stderr.write(`${line}\n`);
  const configuration = await configure(flags, { given, log, stdout });
  await using starting = new AsyncDisposableStack();
  const api = starting.use(await connect(flags, terminal, log));
  await checkApi(api);
  const bastion = starting.use(await startBastion({ ...configuration, api }));
  starting.use(relayHops(bastion));
  starting.use(renewTls(flags, bastion, log));
  const { address, insecureAddress } = bastion;
  log(klogLine('I', 'secure_serving.go:213', `Serving securely on ${address}`));
  if (insecureAddress !== undefined) {
    const message = `Serving insecurely on ${insecureAddress}: whoever is in between reads the tokens`;
    log(klogLine('W', 'insecure_serving.go:55', message));
  }
  const owned = starting.move();
  return {
    addresses: { address, insecureAddress },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function connect(
  flags: Flags,
  { env, ...terminal }: Terminal,
  log: (line: string) => void,
): Promise<UpstreamClient> {
  // The kubeconfig says everything else.
  const unset = parseFlags(clientFlags, []).values;
  const { kubeconfig, context } = flags;
  const config = await loadClientConfig({ ...unset, kubeconfig, context }, { env, ...terminal });
  const upstream = createUpstream(config, { env, isTerminal: isatty(0), log });
  return createUpstreamClient(upstream, { userAgent: 'hop-apiserver-proxy' });
}
