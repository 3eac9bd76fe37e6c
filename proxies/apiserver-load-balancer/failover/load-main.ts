/** The load as a process of its own, so that nobody else's work delays it. */
import { serveCalls } from '../../kit/testing/calls.ts';
import { createLoad } from './load.ts';

serveCalls(createLoad());
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
