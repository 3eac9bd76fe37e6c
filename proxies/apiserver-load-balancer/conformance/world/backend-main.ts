/** A backend as a process: does what it is told through its channel, and ends with it. */
import { serveCalls } from '../../../kit/testing/calls.ts';
import { createBackendAgent } from './backend-agent.ts';

serveCalls(createBackendAgent());
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
