/** Wires of Node's own sockets: they work everywhere. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { endpointText } from '../http/endpoint-text.ts';
import type { L4Backend } from './backend.ts';
import { resetSocket } from './reset-socket.ts';
import {
  ignored,
  type Wire,
  type WireEngine,
  type WireEngineOptions,
  type WireEvents,
  type WireListener,
  type WireListening,
} from './wire.ts';

export class NodeWire implements Wire {
  events: WireEvents = ignored;
  private readonly socket: Socket;
  private error: Error | null = null;

  /** It must allow half-open connections. */
  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.pause();
    socket.on('connect', () => this.events.onConnect(this));
    socket.on('data', (chunk: Buffer) => this.events.onData(this, chunk));
    socket.on('end', () => this.events.onEnd(this));
    socket.on('drain', () => this.events.onDrain(this));
    socket.on('error', (error) => (this.error = error));
    socket.on('close', () => this.events.onClose(this, this.error));
  }

  get isClosed(): boolean {
    return this.socket.destroyed;
  }

  get isEnded(): boolean {
    return this.socket.writableEnded;
  }

  get local(): string {
    return endpointText(this.socket.localAddress, this.socket.localPort);
  }

  get remote(): string {
    return endpointText(this.socket.remoteAddress, this.socket.remotePort);
  }

  write(bytes: Uint8Array): boolean {
    if (this.socket.writableEnded || this.socket.destroyed) return true;
    return this.socket.write(bytes);
  }

  end(): void {
    this.socket.end();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  reset(): void {
    resetSocket(this.socket);
  }

  destroy(): void {
    this.socket.destroy();
  }
}

export function createNodeWires({ keepAliveMs }: WireEngineOptions): WireEngine {
  const open = new Set<WireListener>();
  const options = {
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: keepAliveMs > 0,
    keepAliveInitialDelay: keepAliveMs,
  };

  const listen = async ({ host, port, onWire, onError }: WireListening): Promise<WireListener> => {
    const server = createServer({ ...options, pauseOnConnect: true });
    server.on('connection', (socket) => onWire(new NodeWire(socket)));
    // A `::` that took IPv4 too would leave nothing for `0.0.0.0`.
    server.listen({ host, port, ipv6Only: true, backlog: 4_096 });
    await once(server, 'listening');
    server.on('error', onError);
    const { address, port: chosen } = server.address() as AddressInfo;
    const listener: WireListener = {
      address: endpointText(address, chosen),
      [Symbol.dispose]: () => {
        if (open.delete(listener)) server.close();
      },
    };
    open.add(listener);
    return listener;
  };

  const dial = ({ address, port }: L4Backend, events: WireEvents): Wire => {
    const socket = connect({ ...options, host: address, port, autoSelectFamily: false });
    const wire = new NodeWire(socket);
    wire.events = events;
    return wire;
  };

  return {
    now: () => performance.now(),
    listen,
    dial,
    every: (periodMs, task) => {
      // After what has come meanwhile: nobody is late because we were.
      let turn: NodeJS.Immediate | undefined;
      const timer = setInterval(() => {
        turn = setImmediate(task);
      }, periodMs).unref();
      return {
        [Symbol.dispose]: () => {
          clearInterval(timer);
          clearImmediate(turn);
        },
      };
    },
    [Symbol.dispose]: () => {
      for (const listener of open) listener[Symbol.dispose]();
    },
  };
}
