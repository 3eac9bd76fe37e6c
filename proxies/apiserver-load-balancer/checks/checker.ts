/** Watches one backend: asks whether it is ready, on one connection whose end is noticed at once. */
import { goAddress } from '../../kit/kubeconfig/dial.ts';
import type { TlsClient } from '../../kit/kubeconfig/tls-client.ts';
import type { Backend, Sighting, WantedBackend } from '../backend.ts';
import type { CheckOptions } from '../balancer.ts';
import {
  openCheckConnection,
  type CheckAnswer,
  type CheckConnection,
  type CheckConnectionEnd,
} from './check-connection.ts';
import { checkTimes, hastenedMs, nextCheckMs, pauseMs, suspectPauseMs } from './check-times.ts';
import { nextState, uncheckedState, type CheckEvent, type CheckState } from './check-state.ts';
import { readAnswer } from './read-answer.ts';

export interface Checked extends CheckState {
  /** ISO 8601: since when it is in this condition. */
  readonly since: string;
  /** Of the last check that was answered. */
  readonly checkMs: number | null;
}

export interface Checker extends Disposable {
  readonly checked: Checked;
  /** The data path saw something amiss: it is asked at once, and has little time to answer. */
  observe(saw: Sighting['saw']): void;
}

/** Watches a backend from now on. `onChange` comes later, never before it returns. */
export type WatchBackend = (
  backend: WantedBackend,
  onChange: CheckerOptions['onChange'],
) => Checker;

export interface CheckerOptions {
  readonly backend: Backend;
  /** Verifies as the operator wants. */
  readonly tls: TlsClient;
  readonly check: CheckOptions;
  /** In the turn in which it is known; also when only the reason differs. */
  readonly onChange: (now: Checked, before: Checked) => void;
}

/** Asks for the first time at once. */
export function startChecker({ backend, tls, check, onChange }: CheckerOptions): Checker {
  const request = checkRequest(check.path, goAddress(backend.address, backend.port));
  const times = checkTimes(check);
  let checked: Checked = { ...uncheckedState, since: new Date().toISOString(), checkMs: null };
  let sinceMs = performance.now();
  let begunMs = Number.NEGATIVE_INFINITY;
  let lateAtMs = Number.NEGATIVE_INFINITY;
  let isAsking = false;
  let connection: CheckConnection | null = null;
  /** Connections in a row that the backend ended in order after a single answer: it does so with all. */
  let shortLived = 0;
  let isStopped = false;
  const next = timer();
  const late = timer();
  const timeout = timer();

  const feed = (event: CheckEvent, checkMs = checked.checkMs) => {
    const before = checked;
    const state = nextState(before, event, check);
    const isOther = state.condition !== before.condition;
    if (isOther) sinceMs = performance.now();
    checked = { ...state, since: isOther ? new Date().toISOString() : before.since, checkMs };
    if (isOther || state.reason !== before.reason) onChange(checked, before);
  };
  const settle = () => {
    isAsking = false;
    late.stop();
    timeout.stop();
  };
  const drop = () => {
    connection?.close();
    connection = null;
  };
  const schedule = () => {
    if (isStopped) return;
    const nowMs = performance.now();
    const pause = nextCheckMs(checked.condition, nowMs - sinceMs, times);
    next.start(begunMs + pause - nowMs, begin);
  };
  const suspectAt = (atMs: number) => {
    lateAtMs = atMs;
    late.start(atMs - performance.now(), onLate);
  };
  const begin = () => {
    if (isStopped || isAsking) return;
    next.stop();
    isAsking = true;
    begunMs = performance.now();
    suspectAt(begunMs + times.lateMs);
    timeout.start(times.timeoutMs, onTimeout);
    connection ??= openCheckConnection(tls, backend.port, request, { onAnswer, onEnd });
    connection.ask();
  };
  const onAnswer = ({ status, body, isPersistent }: CheckAnswer) => {
    settle();
    if (!isPersistent) connection = null;
    else if (connection !== null && connection.answers > 1) shortLived = 0;
    feed(readAnswer(status, body), performance.now() - begunMs);
    schedule();
  };
  const onEnd = ({ kind, reason, isOrderly }: CheckConnectionEnd) => {
    const answers = connection?.answers ?? 0;
    connection = null;
    settle();
    shortLived = isOrderly && answers === 1 ? shortLived + 1 : 0;
    if (shortLived > toleratedEnds) {
      // No news: the next check comes in its time.
      schedule();
      return;
    }
    // One that has served before may end at any time: that decides nothing, but the next check does, at once.
    const isDoubt = kind === 'broken' && answers > 0;
    if (kind === 'broken') feed({ kind: isDoubt ? 'doubt' : 'unanswered', reason });
    else feed({ kind, reason });
    if (isDoubt && performance.now() - begunMs >= suspectPauseMs) begin();
    else schedule();
  };
  const onLate = () => {
    const waitedMs = Math.round(performance.now() - begunMs);
    feed({ kind: 'doubt', reason: `the check has had no answer for ${waitedMs} ms` });
  };
  const onTimeout = () => {
    drop();
    settle();
    feed({ kind: 'unanswered', reason: `the check had no answer within ${times.timeoutMs} ms` });
    schedule();
  };

  begin();
  return {
    get checked() {
      return checked;
    },
    observe: (saw) => {
      // Anybody else is asked soon, or gets no connections anyway.
      if (isStopped || checked.condition !== 'ready') return;
      const isFresh = connection?.answers === 0;
      // A dial failed: an old connection says nothing about that.
      if (saw === 'dial-failed' && !isFresh) {
        drop();
        settle();
      }
      const hasten = () => {
        begin();
        suspectAt(Math.min(lateAtMs, performance.now() + hastenedMs));
      };
      if (isAsking) hasten();
      else next.start(begunMs + pauseMs - performance.now(), hasten);
    },
    [Symbol.dispose]: () => {
      isStopped = true;
      settle();
      next.stop();
      drop();
    },
  };
}

/** So often in a row, a backend that ends its connections is looked at each time. */
const toleratedEnds = 2;

function checkRequest(path: string, host: string): string {
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'User-Agent: hop-apiserver-lb'];
  return [...lines, 'Accept: */*', '', ''].join('\r\n');
}

/**
 * One call at a time. What has arrived while this process was busy is read before the call: nobody is called
 * late for our own lateness.
 */
function timer() {
  let waiting: NodeJS.Timeout | undefined;
  let reading: NodeJS.Immediate | undefined;
  const stop = () => {
    clearTimeout(waiting);
    clearImmediate(reading);
  };
  return {
    stop,
    start: (delayMs: number, call: () => void) => {
      stop();
      waiting = setTimeout(
        () => {
          reading = setImmediate(call);
        },
        Math.max(0, delayMs),
      );
    },
  };
}
