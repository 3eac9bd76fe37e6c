/**
 * The store as a server. One connection carries requests and their answers as lines (`record.ts`, behind
 * the number that the client gave the request), and, once it has asked to `follow`, every change (with
 * the number 0). All of them are in one order: whoever reads an answer has read all the changes that it
 * knows of. That makes a mirror consistent without a word about time.
 *
 *     1 follow 0                      0 base 1 "0b5c…"   0 entry … 0 put …   1 live 16
 *     2 create 0 "/core/a" {…}        0 put 17 "/core/a" {…}   2 written 17
 *     3 delete 12 "/core/a"           3 conflict 17
 *     4 revision 0                    4 revision 17
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { formatAddress, parseAddress } from './address.ts';
import { createLineReader } from './line-reader.ts';
import { changeRecord, changesSince, openLog, snapshot } from './log.ts';
import { formatRecord, parseRecord, type StoreRecord } from './record.ts';
import { write, type WriteRequest } from './write-rules.ts';

export interface StoreServerOptions {
  /** `host:port` (0 lets the system choose), or the path of a Unix socket. */
  readonly listen: string;
  /** Where the log is kept. */
  readonly dataDirectory: string;
  log?(line: string): void;
}

export interface StoreServer extends AsyncDisposable {
  /** Where it listens, in the form of `listen`. */
  readonly address: string;
}

/** An apiserver that does not read is cut off; it asks for what it missed when it is back. */
const longestQueueBytes = 16 * 1024 * 1024;
/** As much is written at once at most. */
const largestBatchBytes = 1024 * 1024;
/** Longer than any object an apiserver takes. */
const longestRequestBytes = 16 * 1024 * 1024;

interface Client {
  readonly socket: Socket;
  isFollowing: boolean;
  /** Lines that wait for the log to have what they say. */
  outbox: string[];
  /** What its first snapshot may weigh, beside the queue. */
  allowanceBytes: number;
}

/**
 * Starts it; resolves when it listens.
 *
 * @throws DamagedLogError
 */
export async function startStoreServer(options: StoreServerOptions): Promise<StoreServer> {
  const log = openLog(options.dataDirectory);
  const { ledger } = log;
  const clients = new Set<Client>();
  let unwritten: string[] = [];
  let unwrittenBytes = 0;
  let isFlushing = false;

  /** Group commit: what came in one turn of the loop is written at once, and then answered. */
  const flush = () => {
    isFlushing = false;
    if (unwritten.length > 0) log.append(unwritten);
    unwritten = [];
    unwrittenBytes = 0;
    for (const client of clients) {
      if (client.outbox.length > 0) send(client);
    }
  };
  const flushSoon = () => {
    if (isFlushing) return;
    isFlushing = true;
    setImmediate(flush);
  };

  const broadcast = (record: string) => {
    unwritten.push(record);
    unwrittenBytes += record.length;
    for (const { isFollowing, outbox } of clients) if (isFollowing) outbox.push(`0 ${record}`);
  };

  const commit = (request: WriteRequest<string>): string => {
    const compacted = ledger.compactedRevision();
    const outcome = write(ledger, request);
    if (outcome.result === 'written') broadcast(changeRecord(outcome.change));
    const nowCompacted = ledger.compactedRevision();
    if (nowCompacted > compacted) broadcast(formatRecord('compact', nowCompacted));
    return formatRecord(outcome.result, ledger.revision());
  };

  const follow = (client: Client, identity: string, revision: number): string => {
    const isKnown =
      identity === log.identity &&
      revision >= ledger.compactedRevision() &&
      revision <= ledger.revision();
    const pieces = isKnown ? changesSince(ledger, revision) : snapshot(ledger, log.identity);
    // What is sent now has to be in the log.
    flush();
    client.isFollowing = true;
    for (const records of pieces) {
      const text = records.map((record) => `0 ${record}\n`).join('');
      client.allowanceBytes += text.length;
      client.socket.write(text);
    }
    if (isKnown) client.outbox.push(`0 ${formatRecord('compact', ledger.compactedRevision())}`);
    return formatRecord('live', ledger.revision());
  };

  const answer = (client: Client, { word, number, key, text }: StoreRecord): string | undefined => {
    switch (word) {
      case 'create':
        return commit({ verb: 'create', key, value: text });
      case 'update':
        return commit({ verb: 'update', key, value: text, at: number });
      case 'delete':
        return commit({ verb: 'delete', key, at: number });
      case 'compact':
        ledger.compact(number);
        broadcast(formatRecord('compact', ledger.compactedRevision()));
        return formatRecord('revision', ledger.revision());
      case 'revision':
        return formatRecord('revision', ledger.revision());
      case 'follow':
        return follow(client, key, number);
      default:
        return undefined;
    }
  };

  const onLine = (client: Client, line: string) => {
    const space = line.indexOf(' ');
    const record = parseRecord(line, space + 1);
    const reply = record && answer(client, record);
    if (reply === undefined) {
      options.log?.(`a client asked for what no store knows: ${line.slice(0, 200)}`);
      client.socket.destroy();
      return;
    }
    client.outbox.push(`${line.slice(0, space)} ${reply}`);
    if (unwrittenBytes > largestBatchBytes) flush();
    else flushSoon();
  };

  const server = createServer({ noDelay: true }, (socket) => {
    const client: Client = { socket, isFollowing: false, outbox: [], allowanceBytes: 0 };
    const reader = createLineReader();
    clients.add(client);
    socket.on('data', (chunk) => {
      reader.push(chunk, (line) => onLine(client, line));
      if (reader.pendingBytes() > longestRequestBytes) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => clients.delete(client));
  });

  const address = parseAddress(options.listen);
  // A socket that a killed store left behind: nobody can be listening on it, the log is ours alone.
  if ('path' in address) rmSync(address.path, { force: true });
  server.listen(address);
  await once(server, 'listening');
  const bound = server.address();

  return {
    address:
      typeof bound === 'object' && bound
        ? formatAddress({ host: bound.address, port: bound.port })
        : options.listen,
    [Symbol.asyncDispose]: async () => {
      flush();
      const closed = once(server, 'close');
      server.close();
      for (const { socket } of clients) socket.destroy();
      await closed;
      log.close();
    },
  };
}

function send(client: Client): void {
  const { socket, outbox, allowanceBytes } = client;
  client.outbox = [];
  socket.write(`${outbox.join('\n')}\n`);
  if (socket.writableLength > longestQueueBytes + allowanceBytes) socket.destroy();
}
