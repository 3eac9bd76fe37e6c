/** One container of a pod: started, probed, started again as the pod's restart policy says, stopped. */
import { createHash, randomBytes } from 'node:crypto';
import type { ApiConnection } from '../../../proxies/kit/api/api-client.ts';
import type { StartWorkload, Workload } from '../../workloads/workload.ts';
import { createBackOff, durationText, type BackOffTimings } from './back-off.ts';
import { createContainerLog, type ContainerLog } from './container-log.ts';
import { ConfigError, expand, type Environment } from './environment.ts';
import { superviseProbes, type ProbeDuty } from './container-probes.ts';
import type { ContainerSpec, ContainerState, ContainerStatus, Pod, Terminated } from './pod.ts';
import type { ProbeContext } from './probe.ts';

export interface ContainerContext {
  readonly pod: Pod;
  readonly spec: ContainerSpec;
  readonly addresses: readonly string[];
  /** `Never` and `OnFailure` for what is to end, as init containers are. */
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly backOff: BackOffTimings;
  /** What was last written about this container, by this node or by its earlier life. */
  readonly earlier: ContainerStatus | undefined;
  readonly findImage: (image: string) => StartWorkload | undefined;
  readonly connectApi: () => Promise<ApiConnection>;
  /** @throws ConfigError */
  environment(): Promise<Environment>;
  readonly record: (type: 'Normal' | 'Warning', reason: string, message: string) => void;
  readonly execute: ProbeContext['execute'];
  /** The status has changed. */
  readonly onChange: () => void;
}

export interface Container {
  readonly spec: ContainerSpec;
  readonly status: ContainerStatus;
  /** The log of the present run, and of the one before. */
  readonly log: ContainerLog | undefined;
  readonly previousLog: ContainerLog | undefined;
  /** Of the present run. */
  readonly environment: Environment | undefined;
  /** Counts the runs: what belongs to one run, as its files, does not outlive it. */
  readonly run: number;
  /** Resolves when it will not be started again. */
  readonly ended: Promise<void>;
  /** Resolves when it has run, or failed to, for the first time. */
  readonly settled: Promise<void>;
  /** No longer ready from now on: SIGTERM, and SIGKILL after the grace. */
  stop(graceMs: number): Promise<void>;
}

/** A container whose configuration is wrong is looked at again after so long. */
const configRetryMs = 10_000;

export const runtimeName = 'hop-by-hop';

export function startContainer(context: ContainerContext): Container {
  const { spec, pod, onChange, record, earlier } = context;
  const settled = Promise.withResolvers<undefined>();
  const stopping = new AbortController();
  const restarts = createBackOff(context.backOff);
  const pulls = createBackOff(context.backOff);
  const podName = `${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid ?? ''})`;

  let state: ContainerState = waitingState('ContainerCreating');
  let last: Terminated | undefined = lastTermination(earlier);
  let restartCount = earlier ? earlier.restartCount + (hasRun(earlier) ? 1 : 0) : 0;
  let containerID: string | undefined;
  let log: ContainerLog | undefined;
  let previousLog: ContainerLog | undefined;
  let environment: Environment | undefined;
  let workload: Workload | undefined;
  let run = 0;
  let isReady = false;
  let isStarted = false;
  let isRetired = false;
  let stopGraceMs = 0;

  const become = (next: ContainerState) => {
    state = next;
    onChange();
  };
  const wait = async (ms: number) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const done = () => resolve(undefined);
    const timer = setTimeout(done, ms);
    stopping.signal.addEventListener('abort', done, { once: true });
    await promise;
    clearTimeout(timer);
    stopping.signal.removeEventListener('abort', done);
  };
  const isStopping = () => stopping.signal.aborted;

  /** The program, when its image is there. */
  const pull = async (): Promise<StartWorkload | undefined> => {
    while (!isStopping()) {
      const start = context.findImage(spec.image);
      if (start) return start;
      const { image } = spec;
      const cause = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
      const message = `rpc error: code = NotFound desc = ${cause}`;
      record('Normal', 'Pulling', `Pulling image "${image}"`);
      record('Warning', 'Failed', `Failed to pull image "${image}": ${message}`);
      record('Warning', 'Failed', 'Error: ErrImagePull');
      become(waitingState('ErrImagePull', message));
      settled.resolve(undefined);
      const pauseMs = pulls.next() || pulls.next();
      await wait(Math.min(1000, pauseMs));
      if (isStopping()) return undefined;
      record('Normal', 'BackOff', `Back-off pulling image "${image}"`);
      record('Warning', 'Failed', 'Error: ImagePullBackOff');
      become(
        waitingState(
          'ImagePullBackOff',
          `Back-off pulling image "${image}": ErrImagePull: ${message}`,
        ),
      );
      await wait(pauseMs);
    }
    return undefined;
  };

  const configure = async (): Promise<Environment | undefined> => {
    while (!isStopping()) {
      try {
        return await context.environment();
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const reason = 'CreateContainerConfigError';
        if (error instanceof ConfigError) record('Warning', 'Failed', `Error: ${message}`);
        become(waitingState(reason, message));
        settled.resolve(undefined);
        await wait(configRetryMs);
      }
    }
    return undefined;
  };

  const runOnce = async (start: StartWorkload, variables: Environment): Promise<Terminated> => {
    previousLog = log;
    const own = createContainerLog();
    log = own;
    environment = variables;
    run += 1;
    containerID = `${runtimeName}://${randomBytes(32).toString('hex')}`;
    const startedAt = nowSeconds();
    record('Normal', 'Pulled', `Container image "${spec.image}" already present on machine`);
    record('Normal', 'Created', `Created container: ${spec.name}`);
    const { metadata } = pod;
    let exitCode: number;
    let probes: Disposable | undefined;
    try {
      workload = await start({
        addresses: context.addresses,
        ports: (spec.ports ?? []).map((port) => ({ protocol: 'TCP', ...port })),
        args: (spec.args ?? []).map((arg) => expand(arg, variables)),
        env: variables,
        pod: {
          name: metadata.name,
          namespace: metadata.namespace ?? '',
          uid: metadata.uid ?? '',
          nodeName: pod.spec.nodeName ?? '',
          labels: metadata.labels ?? {},
        },
        containerName: spec.name,
        connectApi: context.connectApi,
        log: (line) => own.append(line),
      });
      record('Normal', 'Started', `Started container ${spec.name}`);
      isStarted = !spec.startupProbe;
      isReady = isStarted && !spec.readinessProbe && !isRetired;
      become({ running: { startedAt } });
      settled.resolve(undefined);
      probes = superviseProbes(spec, duty);
      // It may have been told to stop while it started.
      if (isStopping()) void end(stopGraceMs);
      exitCode = await workload.exited;
    } catch (error) {
      own.append(error instanceof Error ? error.message : String(error));
      exitCode = 1;
    } finally {
      probes?.[Symbol.dispose]();
      workload = undefined;
      isReady = false;
      isStarted = false;
      own.end();
    }
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    return { exitCode, reason, startedAt, finishedAt: nowSeconds(), containerID };
  };

  const duty: ProbeDuty = {
    attempt: { container: spec, address: context.addresses[0] ?? '', execute: context.execute },
    onStarted: () => {
      isStarted = true;
      isReady = !spec.readinessProbe && !isRetired;
      onChange();
    },
    onReady: (isWell) => {
      if (isReady === (isWell && !isRetired)) return;
      isReady = isWell && !isRetired;
      onChange();
    },
    onUnhealthy: (message) => record('Warning', 'Unhealthy', message),
    onDead: (why) => {
      record('Normal', 'Killing', `Container ${spec.name} failed ${why}, will be restarted`);
      void end((pod.spec.terminationGracePeriodSeconds ?? 30) * 1000);
    },
  };

  const end = async (graceMs: number) => {
    const ending = workload;
    if (!ending) return;
    ending.terminate();
    const timer = setTimeout(() => void ending[Symbol.asyncDispose](), graceMs);
    await ending.exited;
    clearTimeout(timer);
  };

  const live = async (): Promise<void> => {
    for (;;) {
      const start = await pull();
      const variables = start && (await configure());
      if (!start || !variables || isStopping()) return;
      const beganAt = performance.now();
      const terminated = await runOnce(start, variables);
      const isDone =
        isStopping() ||
        context.restartPolicy === 'Never' ||
        (context.restartPolicy === 'OnFailure' && terminated.exitCode === 0);
      become({ terminated });
      settled.resolve(undefined);
      if (isDone) return;
      restarts.ranFor(performance.now() - beganAt);
      last = terminated;
      const pauseMs = restarts.next();
      if (pauseMs > 0) {
        const about = `restarting failed container=${spec.name} pod=${podName}`;
        record(
          'Warning',
          'BackOff',
          `Back-off restarting failed container ${spec.name} in pod ${podName}`,
        );
        become(waitingState('CrashLoopBackOff', `back-off ${durationText(pauseMs)} ${about}`));
        await wait(pauseMs);
        if (isStopping()) return;
      }
      restartCount += 1;
    }
  };
  // Whoever starts it has it in hand by then.
  const ended = Promise.resolve()
    .then(live)
    .finally(() => settled.resolve(undefined));

  return {
    spec,
    ended,
    settled: settled.promise,
    get status() {
      return {
        name: spec.name,
        state,
        lastState: last ? { terminated: last } : {},
        ready: isReady || ('terminated' in state && state.terminated.exitCode === 0 && isInit()),
        restartCount,
        image: spec.image,
        imageID: imageIdOf(spec.image),
        ...(containerID ? { containerID } : {}),
        started: isStarted,
      };
    },
    get log() {
      return log;
    },
    get previousLog() {
      return previousLog;
    },
    get environment() {
      return environment;
    },
    get run() {
      return run;
    },
    stop: async (graceMs) => {
      stopGraceMs = graceMs;
      isRetired = true;
      isReady = false;
      const isRunning = workload !== undefined;
      stopping.abort();
      if (isRunning) await end(graceMs);
      await ended;
    },
  };

  function isInit(): boolean {
    return pod.spec.initContainers?.includes(spec) ?? false;
  }
}

export function waitingState(reason: string, message?: string): ContainerState {
  return { waiting: { reason, ...(message === undefined ? {} : { message }) } };
}

/** What a container that ran when its node died has come to. */
function lastTermination(earlier: ContainerStatus | undefined): Terminated | undefined {
  if (!earlier) return undefined;
  const { state, lastState, containerID } = earlier;
  if ('terminated' in state) return state.terminated;
  if ('running' in state) {
    return {
      exitCode: 137,
      reason: 'Error',
      startedAt: state.running.startedAt,
      finishedAt: nowSeconds(),
      ...(containerID ? { containerID } : {}),
    };
  }
  return 'terminated' in lastState ? lastState.terminated : undefined;
}

function hasRun({ state }: ContainerStatus): boolean {
  return 'running' in state || 'terminated' in state;
}

function imageIdOf(image: string): string {
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return `${name}@sha256:${createHash('sha256').update(image).digest('hex')}`;
}

export function nowSeconds(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
