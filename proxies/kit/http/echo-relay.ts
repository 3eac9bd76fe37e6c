/**
 * Passes an upstream's answer on as it is, on a connection that ends with it: how an upgrade is refused.
 * Its own reason phrase, no `Date` of ours (recorded case `up-deny`).
 */
import type { Socket } from 'node:net';
import { AnswerWriter } from './answer-writer.ts';
import type { Delivery } from './answer-writer.ts';
import type { ResponseHead } from './head.ts';
import { hasToken, isHopByHop, namedByConnection } from './hop-by-hop.ts';
import { ResponseReader } from './response-reader.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

export interface EchoEvents {
  /** The whole answer is on its way. */
  onEnd(): void;
  /** Nothing has been passed on. Go's text. */
  onMalformed(fault: string): void;
  /** The answer breaks off. */
  onBroken(): void;
}

export class EchoRelay {
  private readonly connection: UpstreamConnection;
  private readonly reader: ResponseReader;
  private writer: AnswerWriter | null = null;

  /** @param method of the request: it says whether the answer has a body. */
  constructor(client: Socket, connection: UpstreamConnection, method: string, events: EchoEvents) {
    this.connection = connection;
    this.reader = new ResponseReader(method, {
      onInterim: () => undefined,
      onHead: (head, { kind }) => {
        const text = echoHead(head, kind);
        this.writer = new AnswerWriter(client, { head: text, delivery: kind, mustSniff: false });
      },
      onBody: (body, memory) => this.writer?.writeInPlace(this.connection, body, memory),
      onEnd: ({ isByClose }) => {
        if (isByClose) this.writer?.writeEnd([]);
        events.onEnd();
      },
      onMalformed: (fault) => events.onMalformed(fault),
      onBroken: () => events.onBroken(),
    });
  }

  /** Takes a head; what is taken next is its body. Returns whether it can be passed on. */
  start(head: ResponseHead): boolean {
    return this.reader.accept(head);
  }

  take(memory: Buffer, start: number, end: number): void {
    this.reader.take(memory, start, end);
  }

  /** The upstream closed in order. */
  takeEnd(): void {
    this.reader.takeEnd();
  }
}

function echoHead(head: ResponseHead, delivery: Delivery): string {
  const named = namedByConnection(head.headers);
  const isClosing = delivery === 'until-close' || hasToken(head.headers, 'connection', 'close');
  let text = `HTTP/1.${head.minorVersion} ${head.status} ${head.reason}\r\n`;
  for (const { name, key, value } of head.headers) {
    if (!isHopByHop(key, named)) text += `${name}: ${value}\r\n`;
  }
  if (delivery === 'chunked') text += 'Transfer-Encoding: chunked\r\n';
  return isClosing ? `${text}Connection: close\r\n` : text;
}
