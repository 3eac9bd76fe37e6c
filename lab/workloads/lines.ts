/**
 * `lines`: a line protocol over TCP that tells who talks to whom. It greets, and answers
 * `whoami` (pod, own address, peer's address), `echo <text>`, `wait <ms>`, `quit` and `reset`.
 */
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveTcp } from './serve-tcp.ts';
import type { StartWorkload } from './workload.ts';
import { whoAmI } from './who-am-i.ts';

export const start: StartWorkload = (context) =>
  serveTcp(context, (socket) => {
    const own = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    const peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    const me = whoAmI(context, own, peer);
    socket.write(`hello ${me}\n`);
    // A connection that was reset is told of in the log.
    answerLines(socket, me).catch(() => socket.destroy());
  });

const maximumWaitMs = 10 * 60_000;

const commands: Readonly<
  Record<string, (socket: Socket, rest: string, me: string) => Promise<void> | void>
> = {
  whoami: (socket, _, me) => void socket.write(`${me}\n`),
  echo: (socket, text) => void socket.write(`${text}\n`),
  wait: async (socket, ms) => {
    await sleep(Math.min(Number(ms) || 0, maximumWaitMs), undefined, { ref: false });
    socket.write('waited\n');
  },
  quit: (socket) => void socket.end('bye\n'),
  reset: (socket) => void socket.resetAndDestroy(),
};

async function answerLines(socket: Socket, me: string): Promise<void> {
  for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) {
    const [name = '', ...rest] = line.split(' ');
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command) await command(socket, rest.join(' '), me);
    else socket.write(`unknown command: ${name}\n`);
  }
  if (socket.writable) socket.end();
}
