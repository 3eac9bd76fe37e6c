/** A network of its own for a test, without machines' programs; ends with the test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabMode } from '../../topology.ts';
import { layNetwork, type LaidNetwork } from '../lay-network.ts';
import type { CommandResult } from '../run-command.ts';

export interface TestNetwork extends LaidNetwork, AsyncDisposable {
  run(machine: string, argv: readonly string[], signal?: AbortSignal): Promise<CommandResult>;
  /**
   * Runs a piece of JavaScript in a machine's network until the test ends; resolves once it has opened
   * the door that it is given, which tells us that it serves.
   */
  serve(machine: string, script: string): Promise<void>;
}

export async function layTestNetwork(mode: LabMode): Promise<TestNetwork> {
  await using starting = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'hop-network-'));
  starting.defer(() => rm(directory, { recursive: true }));
  const laid = await layNetwork({
    topology: { apiservers: 1, nodes: 2 },
    mode,
    logPath: join(directory, 'log'),
    mark: directory,
    onMachines: () => undefined,
    onHop: () => undefined,
  });
  starting.use(laid.supervisor);
  const run = (machine: string, argv: readonly string[], signal?: AbortSignal) =>
    laid.supervisor.request('run', { machine, argv, isFollowed: false }, { signal });
  const stop = new AbortController();
  starting.defer(() => stop.abort());
  let served = 0;
  const owned = starting.move();
  return {
    ...laid,
    run,
    serve: async (machine, script) => {
      served += 1;
      const pipe = join(directory, `serves-${served}`);
      await run('router', ['mkfifo', pipe]);
      const tell = `require('node:fs').writeFileSync(${JSON.stringify(pipe)}, 'ready')`;
      const source = `const ready = () => ${tell};\n${script}`;
      const running = run(machine, [process.execPath, '-e', source], stop.signal);
      const failed = running.then(({ stderr }) => Promise.reject(new Error(stderr)));
      failed.catch(() => undefined);
      await Promise.race([failed, run('router', ['cat', pipe])]);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
