/** The cloud's end of the channel to the supervisor. */
import type { HopCloud } from '../../proxies/cloud-load-balancer/hop-cloud/options.ts';
import type { AnswerMessage } from '../machines/program.ts';
import type { LoadBalancersAnswer, LoadBalancersQuestion } from './messages.ts';

/** Answers what it asks, until it is disposed of. */
export function answerSupervisor(cloud: Pick<HopCloud, 'loadBalancers'>): Disposable {
  // Only the supervisor has the other end. What it says about hops is for others.
  const hear = (message: (LoadBalancersQuestion & { readonly question: number }) | object) => {
    if (!('loadBalancers' in message)) return;
    const answer: LoadBalancersAnswer = cloud.loadBalancers();
    const found: AnswerMessage = { question: message.question, answer };
    if (process.connected) process.send?.(found, () => undefined);
  };
  process.on('message', hear);
  return { [Symbol.dispose]: () => void process.off('message', hear) };
}
