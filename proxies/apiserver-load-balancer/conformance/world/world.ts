/** The world, for a process that is in namespaces of its own: whom there is, and what can happen to them. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createAuthority, type Authority, type Credential } from '../../../kit/pki/authority.ts';
import { callsTo } from '../../../kit/testing/calls.ts';
import type { BackendAgent, BackendIdentity } from './backend-agent.ts';
import { apiserverPort, backendNumbers, places, serverName, type BackendNumber } from './places.ts';
import { cutCommands, worldScript } from './wiring.ts';

/** A backend, and what can be done to it. */
export interface BackendMachine extends Omit<BackendAgent, 'start'> {
  readonly number: BackendNumber;
  /** `backend-1` */
  readonly name: string;
  /** SHA-256 of its certificate. */
  readonly fingerprint: string;
  /** `kill -9`. Resolves when it has ended. */
  kill(): Promise<void>;
  /** SIGSTOP: its kernel still takes connections, nobody answers. */
  pause(): void;
  resume(): void;
  /** Nothing comes to it or from it, and nobody is told. */
  cut(): void;
  heal(): void;
  /** As it was at the start: runs, serves, is ready, and has forgotten. */
  restore(): Promise<void>;
}

export interface World {
  readonly backends: readonly [BackendMachine, BackendMachine, BackendMachine];
  readonly authority: Authority;
  /** A client's certificate: user `alice`. */
  readonly client: Credential;
  /** Runs a module in the balancer's network namespace, with a channel. */
  startInBalancer(main: URL, ...argv: string[]): ChildProcess;
}

/** The process ends with its channel, and all of the world with it. */
export async function layWorld(): Promise<World> {
  process.once('disconnect', () => process.exit(0));
  // Where administrators' programs are, though an ordinary user's PATH may lack it.
  process.env.PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  execFileSync('sh', ['-ec', worldScript()], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [authority, other] = await Promise.all([createAuthority(), createAuthority()]);
  const start = async (number: BackendNumber) => {
    const name = `backend-${number}`;
    const names = [serverName, name, ...Object.values(places[`backend-${number}`].addresses)];
    const [credential, foreign] = await Promise.all([
      authority.issueServer(names, name),
      other.issueServer(names, name),
    ]);
    const authorityPem = authority.certificatePem;
    return startBackend(number, { name, port: apiserverPort, credential, foreign, authorityPem });
  };
  const [one, two, three] = backendNumbers;
  const client = await authority.issueClient({ user: 'alice', groups: ['developers'] });
  return {
    backends: await Promise.all([start(one), start(two), start(three)]),
    authority,
    client,
    startInBalancer: (main, ...argv) => startIn('balancer', main, argv),
  };
}

async function startBackend(
  number: BackendNumber,
  identity: BackendIdentity,
): Promise<BackendMachine> {
  const machine = `backend-${number}` as const;
  let isCut = false;
  const cut = (next: boolean) => {
    if (isCut === next) return;
    isCut = next;
    const script = cutCommands(places[machine], next).map((line) => `ip ${line}`);
    execFileSync('sh', ['-ec', script.join('\n')], { stdio: ['ignore', 'inherit', 'inherit'] });
  };
  const run = async () => {
    const child = startIn(machine, new URL('backend-main.ts', import.meta.url), []);
    await once(child, 'message');
    const calls = callsTo<BackendAgent>(child, methods);
    await calls.start(identity);
    return { child, calls };
  };
  let running = await run();
  const isOver = () => running.child.exitCode !== null || running.child.signalCode !== null;
  const calls = Object.fromEntries(
    methods.map((method) => [
      method,
      (...given: never[]) => {
        const call = running.calls[method] as (...given: never[]) => unknown;
        return call(...given);
      },
    ]),
  ) as unknown as BackendAgent;
  return {
    ...calls,
    number,
    name: machine,
    fingerprint: new X509Certificate(identity.credential.certificatePem).fingerprint256,
    kill: async () => {
      if (isOver()) return;
      const gone = once(running.child, 'exit');
      running.child.kill('SIGKILL');
      await gone;
    },
    pause: () => void running.child.kill('SIGSTOP'),
    resume: () => void running.child.kill('SIGCONT'),
    cut: () => cut(true),
    heal: () => cut(false),
    restore: async () => {
      cut(false);
      if (isOver()) {
        // It has nothing to forget, and may have new connections already.
        running = await run();
        return;
      }
      running.child.kill('SIGCONT');
      await running.calls.reset();
    },
  };
}

const methods = [
  'start',
  'setReady',
  'behave',
  'present',
  'tick',
  'connections',
  'checks',
  'resetRaw',
  'reset',
] as const satisfies readonly (keyof BackendAgent)[];

function startIn(machine: string, main: URL, argv: readonly string[]): ChildProcess {
  const node = [process.execPath, '--max-semi-space-size=2', fileURLToPath(main), ...argv];
  return spawn('nsenter', [`--net=/run/netns/${machine}`, ...node], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}
