/** `npm start`: the site, the lab and the proxy, until Ctrl-C. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { loadMessages, localeFromEnvironment } from '../proxies/kit/messages.ts';
import { pagesDoorPort } from '../src/pages-door.ts';
import { createLive } from '../src/server/live/live.ts';
import { startBackend, type StartedBackend } from '../src/server/live/start-backend.ts';
import { startServer, type SiteServer } from '../src/server/server.ts';
import { loadSite } from '../src/server/site/built-site.ts';
import { isBuilt } from './build-state.ts';
import { runVisibly } from './processes.ts';
import { project } from './project.ts';
import { startOptions, type StartOptions } from './start-options.ts';

const proxyPort = 8001;
const stopWithinMs = 6_000;

const messages = loadMessages(localeFromEnvironment(process.env) ?? 'en');

class StartError extends Error {}

interface Running extends AsyncDisposable {
  readonly server: SiteServer;
  readonly backend: StartedBackend;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // The second time means now. The children end when their channel to us does.
      if (stop.signal.aborted) process.exit(130);
      stop.abort();
    });
  }
  stopWithNpm(stop);
  try {
    await runUntil(stop.signal);
    return 0;
  } catch (error) {
    if (stop.signal.aborted && !(error instanceof StartError)) return 0;
    console.error(
      error instanceof StartError
        ? error.message
        : messages.say('start.failed', { message: messageOf(error) }),
    );
    return 1;
  }
}

/** npm may be killed without a word to us; then nobody is left to end what runs here. */
function stopWithNpm(stop: AbortController): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop.abort();
  }, 500).unref();
}

async function runUntil(signal: AbortSignal): Promise<void> {
  const options = readOptions();
  await checkPort(options);
  if (!(await isBuilt())) {
    console.log(messages.say('start.building'));
    const status = await runVisibly(['tools/build.ts'], signal);
    if (signal.aborted) return;
    if (status !== 0)
      throw new StartError(messages.say('build.failed', { message: `tools/build.ts: ${status}` }));
  }
  const running = await start(options);
  printTable(running);
  const stopped = new Promise<null>((done) => {
    if (signal.aborted) done(null);
    signal.addEventListener('abort', () => done(null), { once: true });
  });
  const ended = await Promise.race([stopped, running.backend.kubectlProxy.ended]);
  if (!ended) console.log(`\n${messages.say('start.stopping')}`);
  setTimeout(() => {
    console.error(messages.say('start.not-stopped', { seconds: stopWithinMs / 1000 }));
    process.exit(1);
  }, stopWithinMs).unref();
  await running[Symbol.asyncDispose]();
  if (ended) {
    const { status, stderr: message } = ended;
    throw new StartError(messages.say('start.proxy-ended', { status: String(status), message }));
  }
  console.log(messages.say('start.stopped'));
}

function readOptions(): StartOptions {
  const options = startOptions(process.argv.slice(2));
  if (!('key' in options)) return options;
  const problem = messages.say(options.key, options.values);
  throw new StartError(`${problem}\n${messages.say('start.usage')}`);
}

/** Before anything takes time: is the port to be had at all? */
async function checkPort({ host, port }: StartOptions): Promise<void> {
  for (const address of host === 'localhost' ? ['127.0.0.1', '::1'] : [host]) {
    const probe = createServer();
    try {
      probe.listen(port, address);
      await once(probe, 'listening');
      probe.close();
      await once(probe, 'close');
    } catch (error) {
      if (address !== '::1' || codeOf(error) === 'EADDRINUSE') {
        throw cannotListen({ host, port }, error);
      }
    }
  }
}

async function start(options: StartOptions): Promise<Running> {
  const { host, port, names, kubeconfigPath, fresh } = options;
  await using stack = new AsyncDisposableStack();
  // A directory for each server that runs: two of them have two labs.
  const directory = project('.lab', String(port === 0 ? process.pid : port));
  // What the cluster holds is there again the next time; a server without a port of its own has none.
  if (port === 0) stack.defer(() => rm(directory, { recursive: true, force: true }));
  // Behind a name of its own, a server has readers who sit elsewhere.
  const isOperable = names.length === 1 && ['localhost', '127.0.0.1', '::1'].includes(host);
  const key = kubeconfigPath === undefined ? 'start.starting-lab' : 'start.starting-cluster';
  console.log(messages.say(key, { kubeconfig: kubeconfigPath }));
  const loading = loadSite(project('dist'));
  const backend = stack.use(
    await startBackend({ directory, kubeconfigPath, fresh, proxyPort, pagesPort: pagesDoorPort }),
  );
  const site = await loading;
  const live = stack.use(createLive({ backend: () => backend, names, isOperable }));
  const server = await startServer({ site, live, host, port, names }).catch((error: unknown) => {
    throw cannotListen(options, error);
  });
  stack.use(server);
  const owned = stack.move();
  return { server, backend, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function printTable({ server, backend }: Running): void {
  const { kubectlProxy, kubeconfigPath, lab, doors } = backend;
  const { address, port } = kubectlProxy;
  if (port !== proxyPort)
    console.log(messages.say('start.proxy-port-in-use', { port: proxyPort, address }));
  const rows = [
    [messages.say('start.table.site'), server.url],
    [messages.say('start.table.proxy'), `http://${address}`],
    ...(lab ? [[messages.say('start.table.apiserver'), lab.server] as const] : []),
    ...doors.map(
      ({ line }, index) =>
        [index === 0 ? messages.say('start.table.load-balancer') : '', line] as const,
    ),
    [messages.say('start.table.kubeconfig'), kubeconfigPath],
    [
      messages.say('start.table.try'),
      lab ? 'npx hop kubectl get pods -A' : `kubectl --kubeconfig ${kubeconfigPath} get pods -A`,
    ],
    ['', `curl http://${address}/version`],
  ] as const;
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log(`\n${rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')}\n`);
  // Counted from the start of the process.
  const seconds = (performance.now() / 1000).toFixed(1);
  console.log(messages.say('start.ready', { seconds }));
}

function cannotListen(
  { host, port }: Pick<StartOptions, 'host' | 'port'>,
  error: unknown,
): StartError {
  const isInUse = codeOf(error) === 'EADDRINUSE';
  const values = { host, port, other: port + 1, message: messageOf(error) };
  return new StartError(
    messages.say(isInUse ? 'start.port-in-use' : 'start.cannot-listen', values),
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
