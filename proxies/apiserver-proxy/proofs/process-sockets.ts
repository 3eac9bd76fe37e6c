/** What the kernel knows of processes and their listening sockets (`proc`, Linux alone). */
import { readdir, readFile, readlink } from 'node:fs/promises';

/** The processes below this one. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) =>
      readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''),
    ),
  );
  return lists
    .flatMap((list) => list.trim().split(' '))
    .filter(Boolean)
    .map(Number);
}

/** Addresses that a process listens on, as `127.0.0.1:6443`. */
export async function listenersOf(pid: number): Promise<readonly string[]> {
  const [own, listening] = await Promise.all([socketsOf(pid), listeningSockets()]);
  return listening.filter(({ inode }) => own.has(inode)).map(({ address }) => address);
}

/** The process that listens on a port; 0 where none of ours does. */
export async function holderOf(port: number): Promise<number> {
  const listening = await listeningSockets();
  const wanted = listening.filter(({ address }) => address.endsWith(`:${port}`));
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) {
    // Of other users' processes we learn nothing.
    const own = await socketsOf(pid).catch(() => new Set<string>());
    if (wanted.some(({ inode }) => own.has(inode))) return pid;
  }
  return 0;
}

/** The inodes of a process's sockets. */
async function socketsOf(pid: number): Promise<ReadonlySet<string>> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(
    descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')),
  );
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

interface ListeningSocket {
  readonly address: string;
  readonly inode: string;
}

/** State 0A is LISTEN; the tenth field is the inode. */
async function listeningSockets(): Promise<readonly ListeningSocket[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/self/net/${name}`, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A')
    .map((fields) => ({ address: readAddress(fields[1] ?? ''), inode: fields[9] ?? '' }));
}

/** `0100007F:1F41` is 127.0.0.1:8001; of IPv6, only whether it is every address. */
function readAddress(hex: string): string {
  const [host = '', port = '0'] = hex.split(':');
  const four = [...Buffer.from(host, 'hex')].reverse().join('.');
  const text = host.length === 8 ? four : /^0+$/.test(host) ? '[::]' : `[${host}]`;
  return `${text}:${parseInt(port, 16)}`;
}
