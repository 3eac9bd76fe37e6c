import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MachineStatus } from './machine.ts';
import { startMachine, type MachineProcess } from './machine-process.ts';

const standIn = fileURLToPath(new URL('testing/stand-in.ts', import.meta.url));
let stack: AsyncDisposableStack;
let directory: string;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  directory = await mkdtemp(join(tmpdir(), 'hop-machine-'));
  stack.defer(() => rm(directory, { recursive: true }));
});
afterEach(() => stack.disposeAsync());

interface Watched extends MachineProcess {
  /** Resolves with the first status, now or later, that is so. */
  until(isSo: (status: MachineStatus) => boolean): Promise<MachineStatus>;
}

function start(...flags: string[]): Watched {
  const listeners = new Set<() => void>();
  const machine = startMachine({
    plan: { name: 'controllers', role: 'controllers', addresses: [], podRanges: [] },
    argv: [process.execPath, standIn, ...flags],
    endpoint: null,
    probe: async (endpoint, signal) => {
      await fetch(`http://${endpoint}/healthz`, { signal });
    },
    logPath: join(directory, 'log'),
    setLink: () => Promise.reject(new Error('no link')),
    onChange: () => {
      for (const listener of listeners) listener();
    },
  });
  stack.use(machine);
  return Object.defineProperties(machine, {
    until: {
      value: (isSo: (status: MachineStatus) => boolean) =>
        new Promise<MachineStatus>((resolve) => {
          const look = () => {
            if (!isSo(machine.status)) return;
            listeners.delete(look);
            resolve(machine.status);
          };
          listeners.add(look);
          look();
        }),
    },
  }) as Watched;
}

const isReady = ({ state }: MachineStatus) => state === 'ready';
const isEnded = ({ state }: MachineStatus) => state === 'ended';

describe('a machine', () => {
  it('is starting until it answers, and then says where it is', async () => {
    const machine = start();
    expect(machine.status).toMatchObject({ state: 'starting', addresses: [], restarts: 0 });
    const status = await machine.until(isReady);
    expect(status.addresses).toEqual([machine.endpoint]);
    expect(status.pid).toBeGreaterThan(1);
    // Read while it was still growing, perhaps.
    expect(status.residentBytes).toBeGreaterThan(1_000_000);
    expect(status).not.toHaveProperty('message');
  });

  it('runs once, however often it is restarted at the same time', async () => {
    const machine = start();
    await machine.until(isReady);
    await Promise.all([machine.act('restart'), machine.act('restart'), machine.act('restart')]);
    await machine.until(isReady);
    expect(machine.status.restarts).toBe(3);
    const listed = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
    const commands = await Promise.all(
      listed
        .trim()
        .split(' ')
        .map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    expect(commands.filter((command) => command.includes(standIn))).toHaveLength(1);
  });

  it('that is killed stays so until it is restarted', async () => {
    const machine = start();
    await machine.until(isReady);
    await machine.act('kill');
    expect(machine.status).toMatchObject({ state: 'ended', faults: ['killed'], pid: null });
    await expect(machine.act('pause')).rejects.toThrow('controllers does not run.');
    await machine.act('restart');
    expect(await machine.until(isReady)).toMatchObject({ faults: [], restarts: 1 });
  });

  it('that is paused is unreachable, and comes back when it is resumed', async () => {
    const machine = start();
    await machine.until(isReady);
    await machine.act('pause');
    const paused = await machine.until(({ state }) => state === 'unreachable');
    expect(paused).toMatchObject({ faults: ['paused'], message: 'no answer within 1500 ms' });
    await machine.act('resume');
    expect(await machine.until(isReady)).toMatchObject({ faults: [], restarts: 0 });
  });

  it('that is paused can be killed and restarted', async () => {
    const machine = start();
    await machine.until(isReady);
    await machine.act('pause');
    await machine.act('restart');
    expect(await machine.until(isReady)).toMatchObject({ faults: [], restarts: 1 });
    await machine.act('pause');
    await machine.act('kill');
    expect(machine.status).toMatchObject({ state: 'ended', faults: ['killed'] });
  });

  it('that crashes says why, and is started again by itself', async () => {
    const file = join(directory, 'broken');
    await writeFile(file, '');
    const machine = start(`--broken-while=${file}`);
    expect(await machine.until(isEnded)).toMatchObject({
      faults: [],
      message: 'Error: the disk is full',
    });
    await rm(file);
    const { restarts } = await machine.until(isReady);
    expect(restarts).toBeGreaterThan(0);
    expect(await readFile(join(directory, 'log'), 'utf8')).toContain('the disk is full');
  });

  it('that is ended by something else is started again by itself', async () => {
    const machine = start();
    const { pid } = await machine.until(isReady);
    await writeFile(join(directory, 'log'), 'I1122 it listens\n');
    process.kill(pid ?? 0, 'SIGKILL');
    expect(await machine.until(isEnded)).toMatchObject({ message: 'SIGKILL' });
    expect(await machine.until(isReady)).toMatchObject({ restarts: 1 });
  });

  it('has no link to cut where there are none', async () => {
    const machine = start();
    await expect(machine.act('cut')).rejects.toThrow('no link');
    expect(machine.status.faults).toEqual([]);
  });

  it.each([['serves'], ['is paused'], ['has not come up']])(
    'takes its process with it when it %s',
    async (when) => {
      const machine = start(...(when === 'has not come up' ? ['--deaf=true'] : []));
      const { pid } = await machine.until(
        when === 'has not come up' ? (status) => status.pid !== null : isReady,
      );
      if (when === 'is paused') await machine.act('pause');
      await machine[Symbol.asyncDispose]();
      expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
    },
  );

  it('does nothing more once it has ended for good', async () => {
    const machine = start();
    await machine[Symbol.asyncDispose]();
    await expect(machine.act('restart')).rejects.toThrow('The lab ends, and controllers with it.');
  });
});
