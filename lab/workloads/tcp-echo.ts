/** `tcp-echo`: sends back every byte, and ends when the client does. */
import { serveTcp } from './serve-tcp.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = (context) => serveTcp(context, (socket) => socket.pipe(socket));
