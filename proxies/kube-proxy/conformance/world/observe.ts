/** What becomes of a flow in the world: many connections of it, until all that may happen has been seen. */
import type { Flow, Observed } from '../cases/case.ts';
import type { Agent } from './agent.ts';
import { backendText, type Answer } from './answer.ts';
import type { Counts, Observer } from './observer.ts';

export type Prober = Pick<Agent, 'probe' | 'giveUp'>;

/** A backend of three that is left out of so many connections is left out for good: one in 10^28. */
const mostConnections = 160;
const batchSize = 16;
const lookEveryMs = 15;
/**
 * So often in a row the same is seen. Between its coming and its leaving a packet takes no time, but on a
 * machine that stands still; and a proxy in this process has had its turn, and again.
 */
const enoughTimes = 3;

export async function observeFlow(
  flow: Flow,
  client: Prober,
  observer: Observer,
): Promise<Observed> {
  const first = await tryFirst(flow, client, observer);
  if (first === 'dropped') return { is: 'DROP' };
  if (first.is === 'refused') return { is: 'REJECT' };
  if (first.is === 'reset') return { is: 'RESET' };
  if (first.is !== 'answered') return { is: 'failed', why: reasonOf(first) };
  const answers: Answer[] = [first];
  while (answers.length < mostConnections) {
    answers.push(...(await client.probe(probeOf(flow), batchSize)));
    if (hasSeenAll(flow, answers)) break;
  }
  return summarise(flow, answers);
}

/** The first connection alone: only with one can be told what became of it when nobody answers. */
async function tryFirst(
  flow: Flow,
  client: Prober,
  observer: Observer,
): Promise<Answer | 'dropped'> {
  const before = await observer.counts();
  const answering = client
    .probe(probeOf(flow), 1)
    .then(([answer]): Answer => answer ?? { is: 'silent' });
  let last: 'refused' | 'dropped' | undefined;
  let times = 0;
  for (;;) {
    const answer = await Promise.race([answering, pause()]);
    if (answer !== undefined) return answer;
    const now = fateOf(flow, before, await observer.counts());
    times = now === last ? times + 1 : 1;
    last = now;
    if (now === undefined || times < enoughTimes) continue;
    await client.giveUp();
    const late = await answering;
    if (late.is !== 'silent') return late;
    // TCP takes an error to heart only with the next SYN, a second later, if it came during connect().
    return now === 'refused' ? { is: 'refused' } : 'dropped';
  }
}

/**
 * What the node has done with what came; undefined while nothing has, or while it is on its way. A datagram
 * that a socket of the node has got was dropped, too, if nothing comes of it: no answer, and no connection.
 */
function fateOf(
  { protocol }: Flow,
  before: Counts,
  now: Counts,
): 'refused' | 'dropped' | undefined {
  const came = now.came - before.came;
  if (came === 0 || now.left > before.left) return undefined;
  if (now.refused > before.refused) return 'refused';
  if (now.arrived === before.arrived) return 'dropped';
  const isWithoutEffect = came === 1 && now.replied === before.replied;
  return protocol === 'UDP' && isWithoutEffect ? 'dropped' : undefined;
}

function pause(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), lookEveryMs));
}

function probeOf({ protocol, from, to, port }: Flow) {
  return { protocol, from, to, port };
}

function hasSeenAll({ expect }: Flow, answers: readonly Answer[]): boolean {
  if (expect.is !== 'forwarded') return true;
  const seen = new Set(answers.map((answer) => (answer.is === 'answered' ? answer.backend : '')));
  return expect.backends.every((backend) => seen.has(backend));
}

function summarise({ from, to, port }: Flow, answers: readonly Answer[]): Observed {
  const answered = answers.filter((answer) => answer.is === 'answered');
  const other = answers.find((answer) => answer.is !== 'answered');
  if (other) return { is: 'failed', why: `${reasonOf(other)}, after others were answered` };
  const backends = [...new Set(answered.map(({ backend }) => backend))].toSorted();
  if (backends.length === 1 && backends[0] === backendText(to, port)) return { is: 'untouched' };
  const seenAs = new Set(answered.map(({ peer }) => peer === from));
  if (seenAs.size > 1) return { is: 'failed', why: 'some of the connections were masqueraded' };
  return { is: 'forwarded', backends, isMasqueraded: !seenAs.has(true) };
}

function reasonOf(answer: Answer): string {
  return answer.is === 'failed' ? answer.code : answer.is;
}
