/** nftables of the network namespace that this process is in, through libnftables and one socket. */
import { closeSync, ftruncateSync, readdirSync, writeSync } from 'node:fs';
import { loadLibc, readNative, writeNative, type Libc } from '../libc/libc.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { netfilterProtocol, netfilterSocket, netlinkFamily } from '../netlink/netfilter-socket.ts';
import { loadLibnftables, type Context, type Libnftables } from './libnftables.ts';
import { NftError, type NftConnection, type NftRunOptions } from './nft-connection.ts';

export interface KernelNftConnection extends NftConnection {
  /** What the kernel calls our socket when it tells who committed; null where it could not be found. */
  readonly netlinkPort: number | null;
}

const memfdCloseOnExec = 1;
const socketLevel = 1;
const protocolOption = 38;
const largePrint = 1_000_000;
/** `NFT_CTX_OUTPUT_*` */
const outputFlags = { json: 1 << 4, terse: 1 << 11 } as const;

/**
 * One connection runs one transaction after the other, in a thread: the event loop goes on.
 *
 * @throws Error with what to install, or which right is missing
 */
export async function openNftConnection(): Promise<KernelNftConnection> {
  const [libc, nft] = await Promise.all([loadLibc(), loadLibnftables()]);
  checkNetfilter(libc);
  const before = netfilterSockets(libc);
  const context = nft.newContext();
  const [socket] = [...netfilterSockets(libc).keys()].filter((one) => !before.has(one));
  const commands = libc.memfd_create('nft', memfdCloseOnExec);
  if (commands < 0) {
    nft.free(context);
    throw new Error(`nftables: memory for commands: ${libc.lastError()}`);
  }
  const inOrder = oneAtATime();
  let isClosed = false;
  const connection: NftConnection = {
    run: (text, options) => {
      if (isClosed) return Promise.reject(new NftError('the connection is closed'));
      return inOrder(async () => {
        const printed = await runOne(nft, context, commands, text, options);
        // To print, nft holds all of it in memory many times over.
        if (printed.length > largePrint) libc.trimMemory();
        return printed;
      });
    },
    [Symbol.asyncDispose]: async () => {
      if (isClosed) return;
      isClosed = true;
      // What was asked before is done.
      await inOrder(() => Promise.resolve());
      nft.free(context);
      closeSync(commands);
    },
  };
  try {
    // Shows that we may, and the kernel names the socket with the first message.
    await connection.run('list tables');
  } catch (error) {
    await connection[Symbol.asyncDispose]();
    throw error;
  }
  const netlinkPort = netfilterSockets(libc).get(socket ?? -1) ?? null;
  return { ...connection, netlinkPort };
}

/**
 * From a file in memory: of commands from a buffer, nft 1.0.6 shows the first line in each error.
 */
async function runOne(
  nft: Libnftables,
  context: Context,
  commands: number,
  text: string,
  { json = false, terse = false }: NftRunOptions = {},
): Promise<string> {
  const path = `/proc/self/fd/${commands}`;
  writeWhole(commands, Buffer.from(text.endsWith('\n') ? text : `${text}\n`));
  nft.setOutput(context, (json ? outputFlags.json : 0) | (terse ? outputFlags.terse : 0));
  const status = await nft.runFile(context, path);
  // Taken each time: warnings of what succeeded are no words of the next error.
  const said = nft.takeError(context);
  if (status === 0) return nft.takeOutput(context);
  const words = said.replaceAll(`${path}:`, 'line ');
  throw new NftError(showPlaces(words, text).slice(0, 4000).trim());
}

/** Under each error, what it is about; of a line of thousands of elements nft itself shows the first ones. */
function showPlaces(words: string, text: string): string {
  const lines = text.split('\n');
  return words.replaceAll(
    /^(line (\d+):(\d+)-(\d+): .*)\n.*\n *\^+$/gm,
    (_, error: string, number: string, from: string, to: string) => {
      const start = Math.max(0, Number(from) - 1 - 100);
      const shown = (lines[Number(number) - 1] ?? '').slice(start, Number(to) + 100);
      const carets = '^'.repeat(Number(to) - Number(from) + 1);
      return `${error}\n${shown}\n${' '.repeat(Number(from) - 1 - start)}${carets}`;
    },
  );
}

function writeWhole(file: number, bytes: Buffer): void {
  ftruncateSync(file, 0);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at, at);
}

/** libnftables ends the process where there is no such socket: try before. */
function checkNetfilter(libc: Libc): void {
  const descriptor = netfilterSocket(libc);
  if (descriptor < 0) {
    throw new Error(`nftables: this kernel gives no netfilter socket: ${libc.lastError()}`);
  }
  libc.close(descriptor);
}

/** The netlink port of each netfilter socket of this process, by its descriptor. */
function netfilterSockets(libc: Libc): ReadonlyMap<number, number> {
  const name = Buffer.alloc(12);
  const length = Buffer.alloc(4);
  const value = Buffer.alloc(4);
  return new Map(
    readdirSync('/proc/self/fd').flatMap((entry) => {
      const descriptor = Number(entry);
      writeNative(length, value.length, 0, 4);
      if (libc.getsockopt(descriptor, socketLevel, protocolOption, value, length) < 0) return [];
      if (readNative(value, 0, 4) !== netfilterProtocol) return [];
      writeNative(length, name.length, 0, 4);
      if (libc.getsockname(descriptor, name, length) < 0) return [];
      if (readNative(name, 0, 2) !== netlinkFamily) return [];
      return [[descriptor, readNative(name, 4, 4)] as const];
    }),
  );
}
