/** `status` of a pod, from what its containers are doing: phase, conditions and addresses. */
import type { Condition, ContainerStatus, Pod, PodStatus } from './pod.ts';

export interface PodView {
  readonly pod: Pod;
  readonly startTime: string;
  readonly hostIPs: readonly string[];
  /** Empty before the pod has its network. */
  readonly podIPs: readonly string[];
  readonly initContainers: readonly ContainerStatus[];
  /** All of the spec's containers: those not started yet are waiting. */
  readonly containers: readonly ContainerStatus[];
  readonly now: string;
}

export function podStatusOf(view: PodView): PodStatus {
  const { pod, hostIPs, podIPs, initContainers, containers, startTime } = view;
  const phase = phaseOf(view);
  const status = {
    phase,
    conditions: conditionsOf(view, phase),
    hostIP: hostIPs[0] ?? '',
    hostIPs: hostIPs.map((ip) => ({ ip })),
    ...(podIPs[0] === undefined ? {} : { podIP: podIPs[0], podIPs: podIPs.map((ip) => ({ ip })) }),
    startTime,
    ...(pod.spec.initContainers ? { initContainerStatuses: initContainers } : {}),
    containerStatuses: containers,
  };
  return status;
}

function phaseOf({ pod, containers, initContainers }: PodView): NonNullable<PodStatus['phase']> {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const isInitFailed = initContainers.some(
    ({ state }) => 'terminated' in state && state.terminated.exitCode !== 0,
  );
  if (isInitFailed && policy === 'Never') return 'Failed';
  const ended = containers.filter(({ state }) => 'terminated' in state);
  if (ended.length === containers.length && policy !== 'Always') {
    const isWell = ended.every(
      ({ state }) => 'terminated' in state && state.terminated.exitCode === 0,
    );
    if (isWell) return 'Succeeded';
    if (policy === 'Never') return 'Failed';
  }
  // Once a container has run, the pod is Running, whatever it does now.
  const isUnderWay = containers.every(
    ({ state, lastState }) => !('waiting' in state) || 'terminated' in lastState,
  );
  return isUnderWay ? 'Running' : 'Pending';
}

type Draft = Omit<Condition, 'lastProbeTime' | 'lastTransitionTime'>;

function conditionsOf(view: PodView, phase: string): readonly Condition[] {
  const { pod, podIPs, containers, initContainers, now } = view;
  const names = (list: readonly ContainerStatus[]) => list.map(({ name }) => name).join(' ');
  const isDone = phase === 'Succeeded' || phase === 'Failed';
  const uninitialized = initContainers.filter(({ ready }) => !ready);
  const unready = containers.filter(({ ready }) => !ready);
  const gates = pod.spec.readinessGates ?? [];
  const known = pod.status?.conditions ?? [];
  const closed = gates.filter(
    ({ conditionType }) =>
      !known.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  const completed = { status: 'False', reason: 'PodCompleted' } as const;
  const initialized: Draft =
    uninitialized.length === 0 || phase === 'Succeeded'
      ? {
          type: 'Initialized',
          status: 'True',
          ...(phase === 'Succeeded' && { reason: 'PodCompleted' }),
        }
      : {
          type: 'Initialized',
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: [${names(uninitialized)}]`,
        };
  const contained: Omit<Draft, 'type'> =
    unready.length === 0
      ? { status: 'True' }
      : phase === 'Succeeded'
        ? completed
        : phase === 'Failed'
          ? { status: 'False', reason: 'PodFailed' }
          : {
              status: 'False',
              reason: 'ContainersNotReady',
              message: `containers with unready status: [${names(unready)}]`,
            };
  const ready: Omit<Draft, 'type'> =
    contained.status === 'True' && closed.length > 0
      ? {
          status: 'False',
          reason: 'ReadinessGatesNotReady',
          message: closed
            .map(
              ({ conditionType }) =>
                `corresponding condition of pod readiness gate "${conditionType}" does not exist.`,
            )
            .join(', '),
        }
      : contained;
  const own: readonly Draft[] = [
    { type: 'PodReadyToStartContainers', status: podIPs.length > 0 && !isDone ? 'True' : 'False' },
    initialized,
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...contained },
    { type: 'PodScheduled', status: 'True' },
  ];
  const others = known.filter(({ type }) => !own.some((one) => one.type === type));
  return [...own.map((draft) => withTimes(draft, known, now)), ...others];
}

function withTimes(draft: Draft, known: readonly Condition[], now: string): Condition {
  const before = known.find(({ type }) => type === draft.type);
  const isSame = before?.status === draft.status;
  return {
    ...draft,
    lastProbeTime: null,
    lastTransitionTime: isSame ? (before.lastTransitionTime ?? now) : now,
  };
}
