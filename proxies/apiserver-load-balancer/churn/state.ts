/** What a balancer has made of its namespace. */
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { BalancerCalls } from '../conformance/world/stage.ts';

/** As it is while all are ready: who was a little late is left out of it for a moment. */
export async function steadyState(balancer: BalancerCalls): Promise<readonly string[]> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    await untilReady(balancer);
    const before = stateOf();
    // What was decided is in force.
    await wait(100);
    const after = stateOf();
    const isSteady = (await areReady(balancer)) && isDeepStrictEqual(before, after);
    if (isSteady || performance.now() > deadline) return after;
  }
}

/** Until the checks say so of all. */
export async function untilReady(balancer: BalancerCalls): Promise<void> {
  while (!(await areReady(balancer))) await wait(10);
}

async function areReady(balancer: BalancerCalls): Promise<boolean> {
  const conditions = Object.values((await balancer.conditions()) ?? {});
  return conditions.length > 0 && conditions.every((condition) => condition === 'ready');
}

/** What listens in the balancer's namespace, and its rules without what is counted. */
function stateOf(): readonly string[] {
  const inside = (command: string) =>
    execFileSync('nsenter', ['--net=/run/netns/balancer', 'sh', '-c', command], {
      encoding: 'utf8',
    });
  const listeners = ['tcp', 'tcp6'].flatMap((table) =>
    inside(`cat /proc/thread-self/net/${table}`)
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((words) => words[3] === '0A')
      .map((words) => `listens at ${words[1]}`),
  );
  const rules = inside('nft -j list ruleset 2>/dev/null || true');
  return [...listeners, ...ruleTexts(rules)].toSorted();
}

/** Each rule, and each element of sets and maps. */
function ruleTexts(text: string): readonly string[] {
  if (text.trim() === '') return [];
  // The schema is libnftables' own.
  const { nftables } = JSON.parse(text) as { nftables: readonly Record<string, unknown>[] };
  return nftables.flatMap((item) =>
    'metainfo' in item
      ? []
      : [
          JSON.stringify(item)
            .replaceAll(/"handle":\d+/g, '"handle":0')
            .replaceAll(/"(packets|bytes|expires)":\d+/g, '"$1":0'),
        ],
  );
}
