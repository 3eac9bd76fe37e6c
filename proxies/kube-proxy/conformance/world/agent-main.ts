/** An agent as a process: does what it is told through its channel, and ends with it. */
import { createAgent } from './agent.ts';
import { serveCalls } from '../../../kit/testing/calls.ts';

const agent = createAgent();
serveCalls(agent);
process.once('disconnect', () => process.exit(0));
