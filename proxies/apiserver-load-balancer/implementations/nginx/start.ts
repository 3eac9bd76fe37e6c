/** nginx's stream module as the load balancer in front of the apiservers. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { klogLine, type Severity } from '../../../kit/klog.ts';
import { oneAtATime } from '../../../kit/one-at-a-time.ts';
import type { WantedBackend } from '../../backend.ts';
import type { BalancerOptions, RunningBalancer } from '../../balancer.ts';
import { runForeground } from '../foreground.ts';
import { installed } from '../installed.ts';
import { reservePorts } from '../reserve-ports.ts';
import { TestedFile } from '../tested-file.ts';
import { canBecomeOthers, maxOpenFiles } from '../this-process.ts';
import { endpointWord } from '../words.ts';
import { nginxConfiguration } from './configuration.ts';
import { findStreamModule } from './stream-module.ts';
import { parseLogLine, WorkerLog } from './worker-log.ts';

export type NginxOptions = Omit<BalancerOptions, 'onSighting'> & {
  /** Where its configuration and its process id go; the caller removes it. */
  readonly directory: string;
};

/** Loading modules and forking workers takes a fraction of a second; a busy machine may need more. */
const patienceMs = 15_000;

/** The rest are errors. */
const severities: Readonly<Record<string, Severity>> = { info: 'I', warn: 'W' };

/**
 * Serves once it resolves; without a backend until the first list.
 *
 * @throws ConfigurationError where nginx or its stream module is missing, or it refuses the configuration
 * @throws Error of the system's, with its code, where an address cannot be listened on
 */
export async function startNginx(options: NginxOptions): Promise<RunningBalancer> {
  const { directory, log } = options;
  const path = installed('nginx');
  const settings = {
    ...options,
    streamModule: await findStreamModule(path),
    user: (await canBecomeOthers()) ? null : 'root',
    maxOpenFiles: await maxOpenFiles(),
    listen: await reservePorts(options.listen),
  };
  await mkdir(directory, { recursive: true });
  const common = ['-p', directory, '-e', 'stderr'];
  const file = await TestedFile.write(join(directory, 'nginx.conf'), {
    text: nginxConfiguration([], settings),
    test: [path, ...common, '-t', '-q', '-c'],
  });

  let master = 0;
  const workers = new WorkerLog(() => master);
  await using starting = new AsyncDisposableStack();
  const nginx = starting.use(
    await runForeground({
      path,
      args: [...common, '-c', file.path],
      onLine(line) {
        const parsed = parseLogLine(line);
        if (parsed !== null) workers.read(parsed);
        const { severity, text } = parsed ?? { severity: 'error', text: line };
        // Where there is one user only, there are no groups to take on.
        if (settings.user !== null && text.startsWith('initgroups(')) return;
        if (severity !== 'notice') log(klogLine(severities[severity] ?? 'E', 'nginx', text));
      },
    }),
  );
  master = nginx.pid;
  await Promise.race([workers.serving(AbortSignal.timeout(patienceMs)), nginx.failed]);

  const inTurn = oneAtATime();
  const reload = (backends: readonly WantedBackend[]) =>
    file.replace(nginxConfiguration(backends, settings), async () => {
      const renewed = workers.renewed(AbortSignal.timeout(patienceMs));
      nginx.signal('SIGHUP');
      await Promise.race([renewed, nginx.failed]);
    });
  const running = starting.move();
  return {
    implementation: 'nginx',
    addresses: settings.listen.map(({ host, port }) => endpointWord(host, port)),
    setBackends: (backends) => inTurn(() => reload(backends)),
    statuses: () => Promise.resolve(null),
    onStatus: () => ({ [Symbol.dispose]: () => undefined }),
    connections: () => Promise.resolve(null),
    counts: () => Promise.resolve(null),
    onConnection: () => ({ ready: Promise.resolve(), [Symbol.dispose]: () => undefined }),
    failed: nginx.failed,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
