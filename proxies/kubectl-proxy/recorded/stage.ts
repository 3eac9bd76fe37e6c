/**
 * Everything that stood around the recorded command, made anew: the directory of fixtures, the
 * certificates, the upstreams and their ports. One stage serves one case at a time.
 */
import { once } from 'node:events';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { ConnectProxy } from './connect-proxy.ts';
import { OracleUpstream, type OracleTls, type SeenRequest } from './oracle-upstream.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

const wwwSchema = z.object({
  mtime: z.string(),
  files: z.array(
    z.union([
      z.object({ path: z.string(), content: z.string() }),
      z.object({ path: z.string(), symlink: z.string() }),
    ]),
  ),
});

type UpstreamName = 'tls' | 'plain' | 'expired' | 'other';

export interface SeenByUpstreams {
  readonly requests: readonly SeenRequest[];
  readonly events: readonly (readonly [string, string])[];
  readonly connectionCount: number;
  readonly connectProxy: readonly string[];
}

export class Stage {
  readonly directory: string;
  readonly #values: Map<string, string>;
  readonly #upstreams: Record<UpstreamName, OracleUpstream>;
  readonly #connectProxy: ConnectProxy;
  readonly #busy: Server;

  private constructor(
    directory: string,
    upstreams: Record<UpstreamName, OracleUpstream>,
    connectProxy: ConnectProxy,
    busy: Server,
    deadPort: number,
  ) {
    this.directory = directory;
    this.#upstreams = upstreams;
    this.#connectProxy = connectProxy;
    this.#busy = busy;
    this.#values = new Map([
      ['DIR', directory],
      ['PORT', String(upstreams.tls.port)],
      ['HTTP_PORT', String(upstreams.plain.port)],
      ['EXPIRED_PORT', String(upstreams.expired.port)],
      ['OTHER_PORT', String(upstreams.other.port)],
      ['DEAD_PORT', String(deadPort)],
      ['BUSY_PORT', String((busy.address() as AddressInfo).port)],
      ['CONNECT_PORT', String(connectProxy.port)],
    ]);
  }

  /** @param pki Directory of `writePki`. */
  static async create(pki: string): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), 'hop-replay-'));
    await cp(pki, join(directory, 'pki'), { recursive: true });
    const tls = async (name: string): Promise<OracleTls> => ({
      cert: await readFile(join(pki, `${name}.crt`), 'utf8'),
      key: await readFile(join(pki, `${name}.key`), 'utf8'),
      ca: await readFile(join(pki, 'ca.crt'), 'utf8'),
    });
    const upstreams = {
      tls: await OracleUpstream.start(await tls('server')),
      plain: await OracleUpstream.start(null),
      expired: await OracleUpstream.start(await tls('expired')),
      other: await OracleUpstream.start(await tls('other')),
    };
    const [busy, dead] = await Promise.all([listenAnywhere(), listenAnywhere()]);
    const deadPort = (dead.address() as AddressInfo).port;
    dead.close();
    const stage = new Stage(directory, upstreams, await ConnectProxy.start(), busy, deadPort);
    await stage.#render();
    return stage;
  }

  /** Puts in the values of the placeholders, also of `${REPEAT:…}`. */
  fill(text: string, more: Readonly<Record<string, string>> = {}): string {
    return text
      .replace(
        /\$\{([A-Z0-9_]+)\}/g,
        (all, name: string) => more[name] ?? this.#values.get(name) ?? all,
      )
      .replace(/\$\{REPEAT:([^:]+):(\d+)\}/g, (_, unit: string, n: string) =>
        unit.repeat(Number(n)),
      );
  }

  /** Closes idle upstream connections and forgets what the upstreams saw. */
  async reset(): Promise<void> {
    await Promise.all(this.#all.map((upstream) => upstream.dropIdle()));
    for (const upstream of this.#all) upstream.resetLog();
    this.#connectProxy.seen = [];
    await rm(join(this.directory, 'exec.log'), { force: true });
  }

  seen(): SeenByUpstreams {
    return {
      requests: this.#all.flatMap(({ requests }) => requests),
      events: this.#all.flatMap(({ events }) => events),
      connectionCount: this.#all.reduce((sum, { connectionCount }) => sum + connectionCount, 0),
      connectProxy: this.#connectProxy.seen,
    };
  }

  /** Whether no upstream is in the middle of a request or tunnel. */
  isQuiet(): boolean {
    return this.#all.every(({ busyConnectionCount }) => busyConnectionCount === 0);
  }

  /** One entry per run of the exec plugin: what it was given in KUBERNETES_EXEC_INFO. */
  async execPluginInfo(): Promise<unknown[]> {
    const log = await readFile(join(this.directory, 'exec.log'), 'utf8').catch(() => '');
    return log
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#busy.close();
    await Promise.all(this.#all.map((upstream) => upstream[Symbol.asyncDispose]()));
    await this.#connectProxy[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true, force: true });
  }

  get #all(): OracleUpstream[] {
    return Object.values(this.#upstreams);
  }

  async #render(): Promise<void> {
    const base64 = async (file: string) =>
      (await readFile(join(this.directory, 'pki', file))).toString('base64');
    this.#values.set('CA_B64', await base64('ca.crt'));
    this.#values.set('CLIENT_CRT_B64', await base64('client.crt'));
    this.#values.set('CLIENT_KEY_B64', await base64('client.key'));
    for (const name of await readdir(fixtures)) {
      const text = await readFile(join(fixtures, name), 'utf8');
      const mode = name.endsWith('.sh') ? 0o755 : 0o644;
      if (name !== 'www.json')
        await writeFile(join(this.directory, name), this.fill(text), { mode });
    }
    await mkdir(join(this.directory, 'home'));
    await renderWww(join(this.directory, 'www'));
  }
}

async function renderWww(root: string): Promise<void> {
  const manifest = wwwSchema.parse(JSON.parse(await readFile(join(fixtures, 'www.json'), 'utf8')));
  const mtime = new Date(manifest.mtime);
  const directories = new Set([root]);
  for (const file of manifest.files) {
    const path = join(root, file.path);
    await mkdir(dirname(path), { recursive: true });
    directories.add(dirname(path));
    if ('symlink' in file) await symlink(file.symlink, path);
    else {
      await writeFile(path, file.content, 'latin1');
      await utimes(path, mtime, mtime);
    }
  }
  for (const directory of directories) await utimes(directory, mtime, mtime);
}

async function listenAnywhere(): Promise<Server> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
