/** Starts the site as a reader does, with its lab and its proxy, on a port that is free. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { project } from '../tools/project.ts';

export interface RunningSite extends AsyncDisposable {
  /** `http://localhost:<port>`, without a slash at the end. */
  readonly url: string;
}

/** Resolves once it serves. Rejects with what it said, where it ends before that. */
export async function startSite(): Promise<RunningSite> {
  const port = await freePort();
  const child = spawn(process.execPath, ['tools/start.ts', '--port', String(port)], {
    cwd: project(),
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  // Also where the tests are interrupted.
  const stop = () => child.kill('SIGTERM');
  process.once('exit', stop);
  const said: string[] = [];
  const url = `http://localhost:${port}`;
  const { promise: served, resolve } = Promise.withResolvers<boolean>();
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on('line', (line) => {
      said.push(line);
      if (line.includes(url)) resolve(true);
    });
  }
  if (!(await Promise.race([served, ended.then(() => false)]))) {
    throw new Error(`npm start ended:\n${said.join('\n')}`);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) stop();
      await ended;
      process.off('exit', stop);
      await rm(project('.lab', String(port)), { recursive: true, force: true });
    },
  };
}

/** A port that nobody listened on a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
