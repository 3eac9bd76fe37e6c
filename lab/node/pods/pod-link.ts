/** Puts the addresses of pods on the node's device, through one `ip -batch` that stays open for a while. */
import { spawn } from 'node:child_process';

export interface PodLink extends AsyncDisposable {
  /** Resolves when connections to the addresses work. @throws Error in iproute2's words. */
  add(addresses: readonly string[]): Promise<void>;
  remove(addresses: readonly string[]): Promise<void>;
}

/** On loopback all of 127.0.0.0/8 is there already. */
export const noPodLink: PodLink = {
  add: async () => undefined,
  remove: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

/** A burst of pods shares one `ip`; on a node where nothing changes it would only take memory. */
const idleMs = 2_000;

/** When `ip` has ended, the next command starts it anew. */
export function openPodLink(device: string, ranges: readonly string[]): PodLink {
  let batch = startBatch();
  let isClosed = false;
  let idle: NodeJS.Timeout | undefined;
  const run = (commands: readonly string[]) => {
    if (batch.hasEnded() && !isClosed) batch = startBatch();
    clearTimeout(idle);
    const own = batch;
    idle = setTimeout(() => void own.end(), idleMs).unref();
    return own.run(commands);
  };
  // What an earlier run of the node has left there is nobody's now.
  run(ranges.map((range) => `addr flush dev ${device} to ${range}`)).catch(() => undefined);
  return {
    add: (addresses) => run(addresses.map((one) => `addr replace ${command(one, device)}`)),
    remove: (addresses) => run(addresses.map((one) => `addr del ${command(one, device)}`)),
    [Symbol.asyncDispose]: () => {
      isClosed = true;
      clearTimeout(idle);
      return batch.end();
    },
  };
}

interface Batch {
  /** @throws Error in iproute2's words */
  run(commands: readonly string[]): Promise<void>;
  hasEnded(): boolean;
  end(): Promise<void>;
}

/**
 * A batch says nothing of commands that went well, so each is followed by one that answers: what has
 * come on stderr until then was about it.
 */
function startBatch(): Batch {
  const child = spawn('ip', ['-force', '-batch', '-'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  let complaint = '';
  let answered = '';
  let gone: Error | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    answered += text;
    for (let end = answered.indexOf(mark); end !== -1; end = answered.indexOf(mark)) {
      answered = answered.slice(end + mark.length);
      // What stderr holds is delivered by now, or with this turn of the loop.
      const done = waiting.shift();
      setImmediate(() => {
        const problem = complaint.split('\n').find((line) => !line.startsWith('Command failed'));
        complaint = '';
        if (problem) done?.reject(new Error(problem));
        else done?.resolve();
      });
    }
  });
  const fail = (error: Error) => {
    gone ??= error;
    for (const { reject } of waiting.splice(0)) reject(gone);
  };
  child.once('error', fail);
  child.once('exit', () => fail(new Error('ip has ended')));
  child.stdin.on('error', fail);

  return {
    run: (commands) => {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      if (gone) return Promise.reject(gone);
      waiting.push({ resolve: () => resolve(undefined), reject });
      child.stdin.write([...commands, 'link show dev lo', ''].join('\n'));
      return promise;
    },
    hasEnded: () => gone !== undefined || child.stdin.writableEnded,
    end: async () => {
      if (gone) return;
      child.stdin.end();
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

/** How the answer to `link show dev lo` ends. */
const mark = 'link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00';

function command(address: string, device: string): string {
  // Without duplicate address detection an address serves at once.
  return address.includes(':')
    ? `${address}/128 dev ${device} nodad`
    : `${address}/32 dev ${device}`;
}
