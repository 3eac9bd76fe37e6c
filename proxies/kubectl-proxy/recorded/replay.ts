/** Replays a recorded case over real sockets, and says what came of it in the words of the recording. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandProcess } from './command-process.ts';
import { RawClient } from './raw-client.ts';
import type { RecordedCase, RecordedResponse } from './recorded-case.ts';
import type { SeenByUpstreams, Stage } from './stage.ts';
import { observeSocket, setUp } from './setups.ts';

export interface Observation {
  /** The first final response, or the 101. */
  readonly response: RecordedResponse | null;
  /** All of them, 1xx included. */
  readonly responses: readonly RecordedResponse[];
  readonly closed: boolean;
  readonly reset: boolean;
  readonly leftover: string;
  readonly arrivals: readonly (readonly [number, number])[];
  readonly upstream: SeenByUpstreams;
  readonly execPluginInfo: readonly unknown[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | null;
  readonly exitAfterSignal: number | null;
  readonly socket: Readonly<Record<string, string | boolean>>;
  readonly proxyPort: string;
}

/** One after another; a command that the next case can use too is kept running until then. */
export class Replayer {
  readonly stage: Stage;
  #kept: { readonly key: string; readonly command: CommandProcess } | null = null;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  get keptKey(): string | null {
    return this.#kept?.key ?? null;
  }

  async replay(recorded: RecordedCase): Promise<Observation> {
    await this.stage.reset();
    const key = shareKey(recorded);
    if (key === null || key !== this.keptKey) await this.#drop();
    const undo = this.#kept ? () => undefined : await setUp(recorded.id, this.stage.directory);
    const command = this.#kept?.command ?? this.#start(recorded);
    try {
      await command.started();
      if (key !== null && command.exit === null) this.#kept = { key, command };
      return await this.#observe(recorded, command);
    } finally {
      undo();
      if (this.#kept?.command !== command) await command[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#drop();
    await this.stage[Symbol.asyncDispose]();
  }

  async #drop(): Promise<void> {
    await this.#kept?.command[Symbol.asyncDispose]();
    this.#kept = null;
  }

  #start({ kubectl_args, env }: RecordedCase): CommandProcess {
    const fill = (text: string) => this.stage.fill(text);
    return new CommandProcess({
      args: kubectl_args.map(fill),
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
      directory: this.stage.directory,
    });
  }

  async #observe(recorded: RecordedCase, command: CommandProcess): Promise<Observation> {
    const stderrBefore = this.#kept && recorded.group !== 'startup' ? command.stderr.length : 0;
    const stderrStart = stderrBefore === command.stderr.length ? stderrBefore : 0;
    const isServing = command.exit === null;
    const client =
      isServing && recorded.request_raw !== undefined
        ? await this.#exchange(recorded, command)
        : null;
    client?.destroy();
    if (command.exit === null && recorded.exit !== undefined)
      await Promise.race([command.ended(), sleep(5000)]);
    await this.#settle(recorded, () => command.stderr.slice(stderrStart));
    const exit = command.exit;

    const socket =
      recorded.observed.mode === undefined && recorded.observed.is_symlink === undefined
        ? {}
        : await observeSocket(this.stage.directory);
    let exitAfterSignal: number | null = null;
    if (recorded.exit_after_signal !== undefined && command.exit === null) {
      command.kill(recorded.exit_after_signal === -2 ? 'SIGINT' : 'SIGTERM');
      await Promise.race([command.ended(), sleep(5000)]);
      exitAfterSignal = command.exit;
    }
    const left =
      recorded.observed.left_after_sigterm === undefined
        ? {}
        : { left_after_sigterm: 'mode' in (await observeSocket(this.stage.directory)) };

    const { responses, leftover } = client?.parse() ?? { responses: [], leftover: '' };
    return {
      response: responses.find(({ status }) => status >= 200 || status === 101) ?? null,
      responses,
      leftover,
      closed: client?.isClosed ?? false,
      reset: client?.isReset ?? false,
      arrivals: client?.arrivals ?? [],
      upstream: this.stage.seen(),
      execPluginInfo: await this.stage.execPluginInfo(),
      stdout: command.stdout,
      stderr: command.stderr.slice(stderrStart),
      exit,
      exitAfterSignal,
      socket: { ...socket, ...left },
      proxyPort: command.port,
    };
  }

  async #exchange(recorded: RecordedCase, command: CommandProcess): Promise<RawClient> {
    const client = new RawClient(command.connect());
    const fill = (text: string) => this.stage.fill(text, { PROXY_PORT: command.port });
    await client.send(fill(recorded.request_raw ?? ''));
    for (const step of recorded.steps) {
      if (step.do === 'signal') {
        await client.somethingReceived();
        command.kill(step.signal);
      } else await client.perform(step.do === 'send' ? { ...step, data: fill(step.data) } : step);
    }
    const expected = recorded.responses ?? (recorded.response ? [recorded.response] : []);
    const isStreaming = expected.at(-1)?.complete === false && !recorded.closed;
    const watchMs = isStreaming ? (recorded.total_ms ?? 900) : 120;
    const count = isStreaming ? expected.length - 1 : expected.length;
    await client.observe(count, recorded.closed, watchMs);
    return client;
  }

  /** What the upstreams and the log say may come after the response. */
  async #settle(recorded: RecordedCase, stderr: () => string): Promise<void> {
    const isSettled = () =>
      this.stage.isQuiet() &&
      this.stage.seen().events.length >= recorded.upstream_events.length &&
      (recorded.stderr === '' || stderr() !== '');
    for (let waitedMs = 0; waitedMs < 1000 && !isSettled(); waitedMs += 10) await sleep(10);
  }
}

/**
 * What cases must have in common to share a process; null for one that needs its own, because its
 * start, its end or its state is the point.
 */
export function shareKey(recorded: RecordedCase): string | null {
  const isAlone =
    ['startup', 'shutdown'].includes(recorded.group) ||
    recorded.exec_plugin_info !== undefined ||
    recorded.id === 'auth-home';
  return isAlone ? null : JSON.stringify([recorded.kubectl_args, recorded.env]);
}
