/** What the load balancer logs of its backends. */
import type { Severity } from '../kit/klog.ts';
import type { BackendList } from './backend-list.ts';
import type { Backend } from './backend.ts';
import type { Checked } from './checks/checker.ts';
import type { ForwardingPlan } from './dataplane.ts';

/** @example 'Backend 10.0.0.11:6443 is not-ready, was ready: answers 500: [-]etcd failed: reason withheld' */
export function changeText({ name }: Backend, now: Checked, before: Checked): string {
  const why = now.reason === null ? '' : `: ${now.reason}`;
  return `Backend ${name} is ${now.condition}, was ${before.condition}${why}`;
}

/** Says what becomes of new connections while nobody is ready, and when somebody is again. */
export function recoursesOf(
  backends: Pick<BackendList, 'planned'>,
  log: (severity: Severity, text: string) => void,
): { tell(plan: ForwardingPlan): void } {
  let said = '';
  return {
    tell: ({ eligible }) => {
      const conditions = new Map(backends.planned.map((one) => [one.backend.name, one.condition]));
      const isReady = eligible.some(({ name }) => conditions.get(name) === 'ready');
      const names = eligible.map(({ name }) => name).join(', ');
      const recourse = isReady ? '' : names === '' ? 'are refused' : `go to ${names}`;
      if (recourse === said) return;
      said = recourse;
      if (isReady) log('I', 'New connections go to backends that are ready');
      else log('W', `No backend is ready: new connections ${recourse}`);
    },
  };
}
