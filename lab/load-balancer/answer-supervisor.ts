/** The load balancer's end of the channel to the supervisor. */
import type { AnswerMessage } from '../machines/program.ts';
import type { ApiserverList } from './apiserver-list.ts';
import type { ConnectionMemory } from './connection-memory.ts';
import type { ApiserversMessage, PathQuestion } from './messages.ts';

export interface Answering {
  readonly list: Pick<ApiserverList, 'replace'>;
  readonly memory: Pick<ConnectionMemory, 'find'>;
}

/** Does what it tells, and answers what it asks, until it is disposed of. */
export function answerSupervisor({ list, memory }: Answering): Disposable {
  const answer = async ({ question, pathOf }: PathQuestion & { readonly question: number }) => {
    const found: AnswerMessage = {
      question,
      answer: await memory.find(pathOf).catch(() => null),
    };
    if (process.connected) process.send?.(found, () => undefined);
  };
  // Only the supervisor has the other end. What it says about hops is for others.
  const hear = (message: ApiserversMessage | (PathQuestion & { readonly question: number })) => {
    if ('apiservers' in message) list.replace(message.apiservers);
    else if ('pathOf' in message) void answer(message);
  };
  process.on('message', hear);
  return { [Symbol.dispose]: () => void process.off('message', hear) };
}
