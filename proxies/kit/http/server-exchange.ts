/** One request and its answer as Node's servers hand them over: HTTP/1.1, HTTP/2 or an upgrade. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';

/** What Node's requests of both versions have in common. */
export interface HttpRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined;
  /** The raw request target. */
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly socket: unknown;
  /** Of HTTP/2. */
  readonly stream?: {
    readonly endAfterHeaders?: boolean;
    readonly session?: { readonly destroyed: boolean; readonly socket: unknown } | undefined;
  };
}

/** What Node's responses of both versions have in common. */
export interface HttpResponse {
  readonly headersSent: boolean;
  readonly statusCode?: number;
  setHeader(name: string, value: string | string[]): unknown;
  readonly getHeader?: (name: string) => unknown;
  writeHead(status: number, headers: Readonly<Record<string, string | number | string[]>>): unknown;
  /** HTTP/2 sends them at once. */
  readonly flushHeaders?: () => void;
  /** Of HTTP/2. */
  readonly stream?: {
    once(event: 'finish', listener: () => void): unknown;
    close(code?: number): unknown;
  };
  /** @param onWritten is called when nobody needs the chunk's memory any more. */
  write(chunk: Uint8Array | string, onWritten?: (error?: Error | null) => void): boolean;
  end(chunk?: Uint8Array | string): unknown;
  /** Of an answer without a stated length. */
  readonly addTrailers?: (trailers: Readonly<Record<string, string | string[]>>) => void;
  once(event: 'close' | 'drain', listener: () => void): unknown;
  destroy(): unknown;
}

/** A client's connection after the head of its upgrade request. */
export interface UpgradedConnection {
  readonly socket: Duplex;
  /** What the client has sent already. */
  readonly head: Buffer;
  /** The backend has answered with this status: from now on its bytes are the answer. */
  begin(status: number): void;
}

/** A request header; the first value where there are several. */
export function headerOf(request: HttpRequest, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
