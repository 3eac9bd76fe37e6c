/** One end of a TCP connection, whatever moves its bytes: Node's sockets, or the kernel's own calls. */
import type { L4Backend } from './backend.ts';

export interface Wire {
  /** Who is told what happens here; may be changed at any time. */
  events: WireEvents;
  readonly isClosed: boolean;
  /** `end` was called. */
  readonly isEnded: boolean;
  /** As `address:port`, IPv6 in brackets. */
  readonly local: string;
  readonly remote: string;
  /** False: it is kept, but wait for `onDrain` before you write more. After an end nothing is sent. */
  write(bytes: Uint8Array): boolean;
  /** Ends its own direction after what was written; the other direction goes on. */
  end(): void;
  /** Reads nothing more; wires begin like this. */
  pause(): void;
  resume(): void;
  /** Ends both directions at once, with a reset. */
  reset(): void;
  /** Ends both directions at once; what was written may be lost. */
  destroy(): void;
}

export interface WireEvents {
  /** Of a dialled one. */
  onConnect(wire: Wire): void;
  /** The bytes are yours until you return: copy what you keep. */
  onData(wire: Wire, bytes: Uint8Array): void;
  onEnd(wire: Wire): void;
  onDrain(wire: Wire): void;
  /** The last of all, once; with the reason when it was reset, or could not be connected. */
  onClose(wire: Wire, error: Error | null): void;
}

/** Of a wire that nobody cares for any more. */
export const ignored: WireEvents = {
  onConnect: () => undefined,
  onData: () => undefined,
  onEnd: () => undefined,
  onDrain: () => undefined,
  onClose: () => undefined,
};

export interface WireListening {
  readonly host: string;
  readonly port: number;
  readonly onWire: (wire: Wire) => void;
  /** It goes on listening. */
  readonly onError: (error: Error) => void;
}

/** Ends listening when it is disposed of; what it has accepted goes on. */
export interface WireListener extends Disposable {
  /** Where it listens, as `address:port`. */
  readonly address: string;
}

/** Makes wires, and tells the time; everything it calls, it calls from its own loop. */
export interface WireEngine extends Disposable {
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /**
   * Until it is disposed of, or the engine is. An engine whose loop blocks has it at once: nothing can be waited for
   * there.
   *
   * @throws Error of the system, with its `code`
   */
  listen(listening: WireListening): WireListener | Promise<WireListener>;
  dial(backend: L4Backend, events: WireEvents): Wire;
  every(periodMs: number, task: () => void): Disposable;
}

export interface WireEngineOptions {
  /** Between probes of a silent connection; 0: none. */
  readonly keepAliveMs: number;
}
