/** Whoever balances, as a process: does what it is told through its channel, and ends with it. */
import { serveCalls } from '../../../kit/testing/calls.ts';
import { createBalancerAgent } from './balancer-agent.ts';

const agent = createBalancerAgent();
serveCalls(agent);
process.once('disconnect', () => {
  void agent.stop().finally(() => process.exit(0));
});
process.send?.('ready');
