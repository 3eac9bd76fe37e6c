/** Runs iproute2's commands through one `ip -batch` that stays open for a while. */
import { spawn } from 'node:child_process';
import type { IpFamily } from './ip.ts';

export interface IpBatch {
  /** Runs them in order, also after one that fails. @throws Error in iproute2's words, of the first. */
  run(commands: readonly string[]): Promise<void>;
  /** Runs what was asked for, and ends. */
  end(): Promise<void>;
}

/** A burst of changes shares one `ip`; where nothing changes it would only take memory. */
const idleMs = 2_000;

/**
 * When `ip` has ended, the next command starts it anew.
 *
 * @param family of rules and routes that name no address; IPv4's if absent
 */
export function openIpBatch(family: IpFamily = 'IPv4'): IpBatch {
  let batch: Batch | null = null;
  let idle: NodeJS.Timeout | undefined;
  let isClosed = false;
  return {
    run: (commands) => {
      if (isClosed) return Promise.reject(new Error('ip has ended'));
      if (batch === null || batch.hasEnded()) batch = startBatch(family);
      clearTimeout(idle);
      const own = batch;
      idle = setTimeout(() => void own.end(), idleMs).unref();
      return own.run(commands);
    },
    end: async () => {
      isClosed = true;
      clearTimeout(idle);
      await batch?.end();
    },
  };
}

interface Batch extends IpBatch {
  hasEnded(): boolean;
}

/**
 * A batch says nothing of commands that went well, so each is followed by one that answers: what has
 * come on stderr until then was about it.
 */
function startBatch(family: IpFamily): Batch {
  const given = [...(family === 'IPv6' ? ['-6'] : []), '-force', '-batch', '-'];
  const child = spawn('ip', given, { stdio: ['pipe', 'pipe', 'pipe'] });
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
  child.once('close', () => fail(new Error('ip has ended')));
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
      await new Promise((resolve) => child.once('close', resolve));
    },
  };
}

/** How the answer to `link show dev lo` ends. */
const mark = 'link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00';
