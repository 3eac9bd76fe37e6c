/** One pod on its node: network, containers one after the other, status, and an end with grace. */
import type { ApiClient, ApiConnection } from '../../../proxies/kit/api/api-client.ts';
import { ApiError } from '../../../proxies/kit/api/errors.ts';
import type { StartWorkload } from '../../workloads/workload.ts';
import type { BackOffTimings } from './back-off.ts';
import { nowSeconds, startContainer, waitingState, type Container } from './container.ts';
import { environmentOf, type Environment } from './environment.ts';
import type { EventRecorder } from '../../../proxies/kit/api/event-recorder.ts';
import type { ReadKeyValues } from './key-values.ts';
import { missingVolume } from './missing-volume.ts';
import type { ContainerSpec, ContainerStatus, Pod, PodStatus } from './pod.ts';
import type { PodAddresses } from './pod-addresses.ts';
import type { PodLink } from './pod-link.ts';
import { podStatusOf } from './pod-status.ts';
import type { StatusWriter } from './status-writer.ts';

/** What the pods of a node share. */
export interface PodServices {
  readonly client: ApiClient;
  readonly nodeName: string;
  readonly nodeIPs: readonly string[];
  readonly addresses: PodAddresses;
  readonly link: PodLink;
  readonly events: EventRecorder;
  readonly statuses: StatusWriter;
  readonly readKeyValues: ReadKeyValues;
  /** What the environment tells of Services; waits until they are known. */
  readonly serviceVariables: (pod: Pod) => Promise<Environment>;
  readonly connectApi: (pod: Pod, addresses: readonly string[]) => Promise<ApiConnection>;
  readonly backOff: BackOffTimings;
  readonly findImage: (image: string) => StartWorkload | undefined;
  readonly startCommand: (worker: PodWorker, container: Container) => StartWorkload;
  execute(
    worker: PodWorker,
    container: Container,
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly code: number; readonly output: string }>;
  log(line: string): void;
}

/** A pod whose start takes longer says meanwhile that it is being created. */
const patienceMs = 150;
/** The first and the longest pause before volumes are looked at again. */
const volumeRetryMs = [50, 2000] as const;
const networkRetryMs = 2000;
const deleteRetryMs = 1000;

export class PodWorker {
  pod: Pod;
  podIPs: readonly string[] = [];
  readonly startTime: string;
  readonly containers = new Map<string, Container>();
  /** Resolves when nothing of the pod is left on the node. */
  readonly gone: Promise<void>;
  private readonly services: PodServices;
  private readonly earlier: PodStatus | undefined;
  private readonly stopping = new AbortController();
  private stopped: Promise<void> | undefined;
  private graceMs = Infinity;
  private readonly running: Promise<void>;
  private readonly finish = Promise.withResolvers<undefined>();
  private isQuiet = true;

  constructor(pod: Pod, services: PodServices) {
    this.pod = pod;
    this.services = services;
    this.earlier = pod.status;
    this.startTime = pod.status?.startTime ?? nowSeconds();
    this.gone = this.finish.promise;
    this.running = this.run().catch((error: unknown) => {
      services.log(`pod ${pod.metadata.name}: ${String(error)}`);
    });
  }

  /** The pod as the apiserver has it now. */
  update(pod: Pod): void {
    this.pod = pod;
    const { deletionTimestamp } = pod.metadata;
    if (deletionTimestamp) void this.terminate(graceOf(pod));
    else if (this.isContradicted()) this.changed();
  }

  /** Somebody took the node for dead and wrote that the pod is not ready. */
  private isContradicted(): boolean {
    const readiness = ({ conditions }: PodStatus) =>
      conditions?.find(({ type }) => type === 'Ready')?.status;
    const told = readiness(this.pod.status ?? {});
    return told === 'False' && readiness(this.status()) === 'True';
  }

  /** The pod is gone from the API: nobody waits for it. */
  vanish(): void {
    void this.terminate(0);
  }

  /** The node ends: everything closes at once, and nothing is written. */
  async abandon(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.containers.values()].map((container) => container.stop(0)));
    await this.running;
  }

  status(): PodStatus {
    const { spec } = this.pod;
    return podStatusOf({
      pod: this.pod,
      startTime: this.startTime,
      hostIPs: this.services.nodeIPs,
      podIPs: this.podIPs,
      initContainers: (spec.initContainers ?? []).map((one) => this.statusOf(one)),
      containers: spec.containers.map((one) => this.statusOf(one)),
      now: nowSeconds(),
    });
  }

  private statusOf(spec: ContainerSpec): ContainerStatus {
    const isBlocked = this.pod.spec.initContainers?.length;
    return (
      this.containers.get(spec.name)?.status ?? {
        name: spec.name,
        state: waitingState(isBlocked ? 'PodInitializing' : 'ContainerCreating'),
        lastState: {},
        ready: false,
        restartCount: 0,
        image: spec.image,
        imageID: '',
        started: false,
      }
    );
  }

  private async run(): Promise<void> {
    const { spec } = this.pod;
    const patience = setTimeout(() => this.speak(), patienceMs);
    try {
      await this.joinNetwork();
      await this.mountVolumes();
      for (const init of spec.initContainers ?? []) {
        if (this.isStopping()) return;
        const policy = spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure';
        const container = this.start(init, policy);
        this.speak();
        await container.ended;
        const { state } = container.status;
        if (!('terminated' in state) || state.terminated.exitCode !== 0) return;
      }
      if (this.isStopping()) return;
      const policy = spec.restartPolicy ?? 'Always';
      const containers = spec.containers.map((one) => this.start(one, policy));
      await Promise.all(containers.map(({ settled }) => settled));
    } finally {
      clearTimeout(patience);
      this.speak();
    }
    await Promise.all([...this.containers.values()].map(({ ended }) => ended));
    // A pod whose containers have all ended keeps no address.
    if (!this.isStopping()) await this.leaveNetwork();
  }

  private start(spec: ContainerSpec, restartPolicy: 'Always' | 'OnFailure' | 'Never'): Container {
    const { services, pod } = this;
    const kind = pod.spec.initContainers?.includes(spec) ? 'initContainers' : 'containers';
    const earlier = [
      ...(this.earlier?.containerStatuses ?? []),
      ...(this.earlier?.initContainerStatuses ?? []),
    ].find(({ name }) => name === spec.name);
    const container: Container = startContainer({
      pod,
      spec,
      restartPolicy,
      earlier,
      addresses: this.podIPs,
      backOff: services.backOff,
      findImage: (image) => {
        const start = services.findImage(image);
        const isOverridden = start && (spec.command?.length ?? 0) > 0;
        return isOverridden ? services.startCommand(this, container) : start;
      },
      connectApi: () => services.connectApi(pod, this.podIPs),
      environment: async () =>
        environmentOf(
          pod,
          spec,
          { podIPs: this.podIPs, hostIPs: services.nodeIPs },
          services.readKeyValues,
          await services.serviceVariables(pod),
        ),
      record: (type, reason, message) =>
        this.record(type, reason, message, `spec.${kind}{${spec.name}}`),
      execute: (command, signal) => services.execute(this, container, command, signal),
      onChange: () => this.changed(),
    });
    this.containers.set(spec.name, container);
    return container;
  }

  /** Waits until there is an address, and the node's device has it. */
  private async joinNetwork(): Promise<void> {
    while (!this.isStopping()) {
      try {
        await this.takeAddresses();
        return;
      } catch (error) {
        const problem = `Failed to create pod sandbox: ${messageOf(error)}`;
        this.record('Warning', 'FailedCreatePodSandBox', problem);
        await this.leaveNetwork();
        await this.wait(networkRetryMs);
      }
    }
  }

  private async takeAddresses(): Promise<void> {
    const { addresses, link, nodeIPs } = this.services;
    // On loopback the node's addresses are the host's own, which is no pod's business.
    const isOnLoopback = nodeIPs[0]?.startsWith('127.') ?? false;
    if (this.pod.spec.hostNetwork === true && !isOnLoopback) {
      this.podIPs = nodeIPs;
      return;
    }
    const earlier = (this.earlier?.podIPs ?? []).map(({ ip }) => ip);
    const own = addresses.reserve(earlier) ? earlier : addresses.take();
    this.release = async () => {
      await link.remove(own).catch((error: unknown) => this.services.log(String(error)));
      addresses.release(own);
    };
    await link.add(own);
    this.podIPs = own;
  }

  private release: (() => Promise<void>) | undefined;

  private async leaveNetwork(): Promise<void> {
    const { release } = this;
    this.release = undefined;
    await release?.();
  }

  /** Waits until every ConfigMap and Secret that a volume needs is there. */
  private async mountVolumes(): Promise<void> {
    const [firstMs, longestMs] = volumeRetryMs;
    for (let pauseMs: number = firstMs; !this.isStopping(); pauseMs *= 2) {
      const problem = await missingVolume(this.pod, this.services.readKeyValues).catch(messageOf);
      if (problem === undefined) return;
      // At the start of a namespace, or of a cluster, it is only a little late.
      if (pauseMs >= patienceMs) this.record('Warning', 'FailedMount', problem);
      await this.wait(Math.min(pauseMs, longestMs));
    }
  }

  private async terminate(graceMs: number): Promise<void> {
    if (this.stopped) {
      // A second deletion may only shorten the grace.
      if (graceMs >= this.graceMs) return;
      this.graceMs = graceMs;
      for (const one of this.containers.values()) void one.stop(graceMs);
      return;
    }
    this.graceMs = graceMs;
    this.stopped = this.stop(graceMs);
    await this.stopped;
    if (this.pod.metadata.deletionTimestamp) {
      await this.services.statuses.flush(this);
      await this.remove();
    }
    this.finish.resolve(undefined);
  }

  private async stop(graceMs: number): Promise<void> {
    this.stopping.abort();
    const containers = [...this.containers.values()];
    for (const container of containers) {
      if (!('running' in container.status.state)) continue;
      const { name } = container.spec;
      const message = `Stopping container ${name}`;
      this.record('Normal', 'Killing', message, `spec.containers{${name}}`);
    }
    const stopped = containers.map((container) => container.stop(graceMs));
    this.changed();
    await Promise.all(stopped);
    await this.running;
    await this.leaveNetwork();
    this.changed();
  }

  /** The last word: the containers have ended, so the object may go. */
  private async remove(): Promise<void> {
    const { namespace = '', name, uid } = this.pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    for (;;) {
      try {
        await this.services.client.delete(path, { gracePeriodSeconds: 0, preconditions: { uid } });
        return;
      } catch (error) {
        if (error instanceof ApiError && error.code < 500) return;
        this.services.log(`cannot delete pod ${name}: ${String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, deleteRetryMs).unref());
      }
    }
  }

  private record(
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    fieldPath?: string,
  ): void {
    const { namespace = '', name, uid = '', resourceVersion } = this.pod.metadata;
    this.services.events.record(
      {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace,
        name,
        uid,
        ...(resourceVersion ? { resourceVersion } : {}),
        ...(fieldPath ? { fieldPath } : {}),
      },
      type,
      reason,
      message,
    );
  }

  /** From now on every change is written. */
  private speak(): void {
    this.isQuiet = false;
    this.changed();
  }

  private changed(): void {
    if (!this.isQuiet) this.services.statuses.schedule(this);
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const done = () => resolve(undefined);
    const timer = setTimeout(done, ms);
    this.stopping.signal.addEventListener('abort', done, { once: true });
    await promise;
    clearTimeout(timer);
    this.stopping.signal.removeEventListener('abort', done);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function graceOf({ metadata, spec }: Pod): number {
  const seconds = metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  return seconds * 1000;
}
