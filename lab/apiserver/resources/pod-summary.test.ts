import { expect, it } from 'vitest';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import type { ApiObject } from '../api-object.ts';
import { restartsOf, summaryOf } from './pod-summary.ts';

const running = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  ready: true,
  restartCount: 0,
  state: { running: {} },
  ...more,
});
const waiting = (reason: string): JsonObject => ({
  name: 'a',
  ready: false,
  state: { waiting: { reason } },
});
const ended = (more: JsonObject): JsonObject => ({ name: 'a', state: { terminated: more } });
const pod = (status: JsonObject, more: JsonObject = {}, metadata: JsonObject = {}): ApiObject => ({
  metadata: { name: 'p', ...metadata },
  spec: { containers: [{ name: 'a' }, { name: 'b' }], ...more },
  status,
});
const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const init = { initContainers: [{ name: 'i' }, { name: 'j' }] };

/** Cases of upstream's `TestPrintPod` and `TestPrintPodwithInitContainers`. */
it.each<readonly [string, ApiObject, string, string]>([
  ['pending', pod({ phase: 'Pending' }), '0/2', 'Pending'],
  [
    'running',
    pod({ phase: 'Running', containerStatuses: [running('a'), running('b')] }),
    '2/2',
    'Running',
  ],
  [
    'crashing',
    pod({ phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff'), running('b')] }),
    '1/2',
    'CrashLoopBackOff',
  ],
  [
    'ended by a signal',
    pod({ phase: 'Failed', containerStatuses: [ended({ signal: 9 })] }),
    '0/2',
    'Signal:9',
  ],
  [
    'partly done',
    pod({ phase: 'Running', containerStatuses: [ended({ reason: 'Completed' }), running('b')] }),
    '1/2',
    'NotReady',
  ],
  ['being deleted', pod({ phase: 'Running' }, {}, deleted), '0/2', 'Terminating'],
  [
    'lost with its node',
    pod({ phase: 'Running', reason: 'NodeLost' }, {}, deleted),
    '0/2',
    'Unknown',
  ],
  ['deleted when it was over', pod({ phase: 'Succeeded' }, {}, deleted), '0/2', 'Succeeded'],
  [
    'in its second preparation',
    pod({ phase: 'Pending', initContainerStatuses: [ended({ exitCode: 0 }), { name: 'j' }] }, init),
    '0/2',
    'Init:1/2',
  ],
  [
    'badly prepared',
    pod({ phase: 'Pending', initContainerStatuses: [ended({ exitCode: 3 })] }, init),
    '0/2',
    'Init:ExitCode:3',
  ],
  [
    'with a sidecar',
    pod(
      {
        phase: 'Running',
        initContainerStatuses: [running('i', { started: true })],
        containerStatuses: [running('a'), running('b')],
      },
      { initContainers: [{ name: 'i', restartPolicy: 'Always' }] },
    ),
    '3/3',
    'Running',
  ],
])('shows a pod that is %s', (_, object, ready, status) => {
  expect(summaryOf(object)).toMatchObject({ ready, status });
});

it('counts restarts, and says when the last was', () => {
  const lastState = { terminated: { finishedAt: '2026-01-01T00:00:00Z' } };
  const object = pod({
    containerStatuses: [
      running('a', { restartCount: 2, lastState }),
      running('b', { restartCount: 1 }),
    ],
  });
  expect(restartsOf(object, new Date('2026-01-01T00:05:00Z'))).toBe('3 (5m ago)');
});
