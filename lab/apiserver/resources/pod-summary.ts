/** A pod in a line, as `kubectl get pods` shows it (upstream: `printPod`). */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, isObject, listAt, numberAt, textAt, type ApiObject } from '../api-object.ts';
import { humanDuration } from '../human-duration.ts';

export interface PodSummary {
  /** `1/2` */
  readonly ready: string;
  readonly status: string;
  readonly restarts: number;
  /** When a container ended last; 0 where none has. */
  readonly lastEnd: number;
}

const summaries = new WeakMap<ApiObject, PodSummary>();

/** Made once for each version of a pod. */
export function summaryOf(pod: ApiObject): PodSummary {
  const earlier = summaries.get(pod);
  if (earlier) return earlier;
  const fresh = summarize(pod);
  summaries.set(pod, fresh);
  return fresh;
}

export function restartsOf(pod: ApiObject, now: Date): string {
  const { restarts, lastEnd } = summaryOf(pod);
  if (restarts === 0 || lastEnd === 0) return String(restarts);
  return `${restarts} (${humanDuration(now.getTime() - lastEnd)} ago)`;
}

function summarize(pod: ApiObject): PodSummary {
  const containers = listAt(pod, 'spec', 'containers');
  const sidecars = listAt(pod, 'spec', 'initContainers').filter(isSidecar);
  const sidecarNames = new Set(sidecars.map((container) => textAt(container, 'name')));
  const initial = listAt(pod, 'status', 'initContainerStatuses');
  const main = listAt(pod, 'status', 'containerStatuses');
  const initializing = initializationOf(pod, initial, sidecarNames);
  const isInitialized = initializing === undefined || hasCondition(pod, 'Initialized');
  const counted = isInitialized
    ? [...initial.filter((status) => sidecarNames.has(textAt(status, 'name'))), ...main]
    : initial;
  const readySidecars = initial.filter(
    (status) =>
      sidecarNames.has(textAt(status, 'name')) &&
      at(status, 'started') === true &&
      at(status, 'ready') === true,
  );
  const readyMain = isInitialized ? main.filter(isRunning) : [];
  const reason = isInitialized ? reasonOf(pod, main) : initializing;
  return {
    ready: `${readyMain.length + readySidecars.length}/${containers.length + sidecars.length}`,
    status: endingOf(pod) ?? reason,
    restarts: counted.reduce<number>((sum, one) => sum + numberAt(one, 'restartCount'), 0),
    lastEnd: Math.max(0, ...counted.map(endOf)),
  };
}

/** An init container that keeps running. */
function isSidecar(container: Json): boolean {
  return textAt(container, 'restartPolicy') === 'Always';
}

function isRunning(status: Json): boolean {
  return at(status, 'ready') === true && isObject(at(status, 'state', 'running'));
}

/** What the first init container is at that has not done its work; undefined where all have. */
function initializationOf(
  pod: ApiObject,
  statuses: readonly Json[],
  sidecars: ReadonlySet<string>,
): string | undefined {
  const count = listAt(pod, 'spec', 'initContainers').length;
  for (const [index, status] of statuses.entries()) {
    const ended = at(status, 'state', 'terminated');
    if (isObject(ended) && numberAt(ended, 'exitCode') === 0) continue;
    if (sidecars.has(textAt(status, 'name')) && at(status, 'started') === true) continue;
    if (isObject(ended)) return `Init:${endReason(ended)}`;
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${count}`;
  }
  return undefined;
}

/** The reason of the first container that has one, or else of the pod. */
function reasonOf(pod: ApiObject, statuses: readonly Json[]): string {
  const own = hasGate(pod)
    ? 'SchedulingGated'
    : textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase');
  const reasons = statuses.map((status) => {
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    const ended = at(status, 'state', 'terminated');
    return waiting || (isObject(ended) ? endReason(ended) : '');
  });
  const reason = reasons.find((one) => one !== '') ?? own;
  // Some have done their work, others still do theirs.
  if (reason !== 'Completed' || !statuses.some(isRunning)) return reason;
  return hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

function endReason(ended: Json): string {
  const signal = numberAt(ended, 'signal');
  const end = signal === 0 ? `ExitCode:${numberAt(ended, 'exitCode')}` : `Signal:${signal}`;
  return textAt(ended, 'reason') || end;
}

/** A deletion wins over every other reason, until the pod has come to its end. */
function endingOf(pod: ApiObject): string | undefined {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  if (textAt(pod, 'status', 'reason') === 'NodeLost') return 'Unknown';
  const hasEnded = ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'));
  return hasEnded ? undefined : 'Terminating';
}

function hasCondition(pod: ApiObject, type: string): boolean {
  return listAt(pod, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === type && textAt(condition, 'status') === 'True',
  );
}

function hasGate(pod: ApiObject): boolean {
  return listAt(pod, 'status', 'conditions').some(
    (condition) =>
      textAt(condition, 'type') === 'PodScheduled' &&
      textAt(condition, 'reason') === 'SchedulingGated',
  );
}

function endOf(status: Json): number {
  const time = Date.parse(textAt(status, 'lastState', 'terminated', 'finishedAt'));
  return Number.isNaN(time) ? 0 : time;
}

/** How many of the conditions that a pod asks for beside its containers' hold. */
export function readinessGates(pod: ApiObject): string {
  const gates = listAt(pod, 'spec', 'readinessGates');
  if (gates.length === 0) return '<none>';
  const passed = gates.filter((gate) => hasCondition(pod, textAt(gate, 'conditionType')));
  return `${passed.length}/${gates.length}`;
}
