/** Whoever answers a request, as the client's connection sees it. */
export interface Exchange {
  /** Body bytes, out of their framing, in `buffer[start, end)`. */
  onRequestBody(buffer: Buffer, start: number, end: number, isLast: boolean): void;
  /** The body ends too early or breaks its framing; `fault` is Go's text. */
  onRequestFault(fault: string): void;
  onClientDrain(): void;
  /** The client is gone: nobody waits for the answer. */
  onClientGone(): void;
}

/** Whoever takes a client's bytes once its connection was handed on. */
export interface ClientTunnel {
  onClientBytes(chunk: Buffer): void;
  onClientEnd(): void;
}
