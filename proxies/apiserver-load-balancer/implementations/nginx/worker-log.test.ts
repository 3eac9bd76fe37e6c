/** When nginx 1.22 serves, told by its log. */
import { describe, expect, test } from 'vitest';
import { parseLogLine, WorkerLog } from './worker-log.ts';

const master = 100;

test.each([
  ['2026/11/22 17:40:00 [notice] 100#100: start worker process 101', 'start worker process 101'],
  ['nginx: [emerg] bind() to 0.0.0.0:443 failed', undefined],
])('%j says %j', (line, text) => {
  expect(parseLogLine(line)?.text).toBe(text);
});

test('serves, also for whoever asks when a worker has long begun', async () => {
  const { log } = started();
  const serving = isDone(log.serving(AbortSignal.timeout(60_000)));
  expect(await serving()).toBe(true);
});

describe('a reload', () => {
  test('is done when all workers of before shut down, also one that was told late', async () => {
    const { say, log } = started();
    const renewed = isDone(log.renewed(AbortSignal.timeout(60_000)));
    say('start worker process 102');
    say('reconfiguring');
    say('start worker process 103');
    expect(await renewed()).toBe(false);
    say('gracefully shutting down', 101);
    expect(await renewed()).toBe(false);
    say('gracefully shutting down', 102);
    expect(await renewed()).toBe(true);
  });

  test('counts a worker that has exited as one that shut down', async () => {
    const { say, log } = started();
    const renewed = isDone(log.renewed(AbortSignal.timeout(60_000)));
    say('reconfiguring');
    say('start worker process 103');
    say('worker process 101 exited with code 0');
    expect(await renewed()).toBe(true);
  });

  test('has failed when the master complains; what a worker says of itself is no such complaint', async () => {
    const { say, log } = started();
    const renewed = log.renewed(AbortSignal.timeout(60_000));
    say('reconfiguring');
    say('initgroups(root, 0) failed', 101, 'emerg');
    say('no servers are inside upstream', master, 'emerg');
    await expect(renewed).rejects.toThrow('no servers are inside upstream');
  });

  test('has failed when nothing is said in time', async () => {
    const { log } = started();
    const over = new AbortController();
    const renewed = log.renewed(over.signal);
    over.abort();
    await expect(renewed).rejects.toThrow('in time');
  });
});

function started() {
  const log = new WorkerLog(() => master);
  const say = (text: string, pid = master, severity = 'notice') =>
    log.read({ severity, pid, text });
  say('start worker process 101');
  return { log, say };
}

function isDone(work: Promise<void>): () => Promise<boolean> {
  let done = false;
  void work.then(() => (done = true));
  return async () => {
    await new Promise(setImmediate);
    return done;
  };
}
