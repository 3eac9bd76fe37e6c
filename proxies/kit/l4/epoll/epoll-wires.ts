/** Wires of Linux' own calls: as quick as a server in C, in a thread that does nothing else. */
import { isIPv6 } from 'node:net';
import { socketAddress } from '../../libc/socket-address.ts';
import type { L4Backend } from '../backend.ts';
import type {
  Wire,
  WireEngine,
  WireEngineOptions,
  WireEvents,
  WireListener,
  WireListening,
} from '../wire.ts';
import {
  acceptFlags,
  errno,
  event,
  inet,
  socketOption,
  streamType,
  systemError,
  type Calls,
} from './calls.ts';
import type { EpollLoop, Watched } from './epoll-loop.ts';
import { EpollWire } from './epoll-wire.ts';
import { socketAddressBytes, socketAddressText } from './socket-address.ts';

const backlog = 4_096;
/** Others are to have their turn too. */
const acceptedAtOnce = 64;
/** A system that has no room for more connections is asked again after so long; they wait in its queue. */
const fullForMs = 100;
/** Without an answer, until a peer counts as gone. */
const keepAliveProbes = 3;

/** They live while the loop runs. */
export function createEpollWires(loop: EpollLoop, options: WireEngineOptions): WireEngine {
  const open = new Set<Listener>();
  const { calls } = loop;
  const addresses = new WeakMap<L4Backend, Buffer>();

  const addressOf = (backend: L4Backend): Buffer => {
    const known = addresses.get(backend);
    if (known) return known;
    const address = socketAddress(backend.address, backend.port);
    addresses.set(backend, address);
    return address;
  };

  const listen = ({ host, port, onWire, onError }: WireListening): WireListener => {
    const fd = openSocket(calls, host, options);
    if (fd < 0) throw systemError(calls.errno(), 'listen', `${host}:${port}`);
    const address = socketAddress(host, port);
    setOption(calls, fd, socketOption.reuseAddress, 1);
    // A `::` that took IPv4 too would leave nothing for `0.0.0.0`.
    if (isIPv6(host)) setOption(calls, fd, socketOption.v6Only, 1);
    if (calls.bind(fd, address, address.length) < 0 || calls.listen(fd, backlog) < 0) {
      const error = systemError(calls.errno(), 'listen', `${host}:${port}`);
      calls.close(fd);
      throw error;
    }
    const name = Buffer.alloc(socketAddressBytes);
    calls.localName(fd, name, Buffer.from([socketAddressBytes, 0, 0, 0]));
    const listener = new Listener(loop, fd, onWire, onError);
    open.add(listener);
    return {
      address: socketAddressText(name),
      [Symbol.dispose]: () => {
        // Its number may be another's by now.
        if (open.delete(listener)) listener[Symbol.dispose]();
      },
    };
  };

  const dial = (backend: L4Backend, events: WireEvents): Wire => {
    const fd = openSocket(calls, backend.address, options);
    const address = addressOf(backend);
    const isBegun = fd >= 0 && calls.connect(fd, address, address.length) === 0;
    const number = isBegun ? 0 : calls.errno();
    const wire = new EpollWire(loop, fd, backend, number === errno.inProgress ? 0 : number);
    wire.events = events;
    return wire;
  };

  return {
    now: () => loop.nowMs,
    listen,
    dial,
    every: (periodMs, task) => loop.every(periodMs, task),
    [Symbol.dispose]: () => {
      for (const listener of open) listener[Symbol.dispose]();
      open.clear();
    },
  };
}

class Listener implements Watched, Disposable {
  readonly fd: number;
  turn = 0;
  private readonly loop: EpollLoop;
  private readonly onWire: (wire: Wire) => void;
  private readonly onError: (error: Error) => void;
  private pause: Disposable | null = null;

  constructor(
    loop: EpollLoop,
    fd: number,
    onWire: (wire: Wire) => void,
    onError: (error: Error) => void,
  ) {
    this.loop = loop;
    this.fd = fd;
    this.onWire = onWire;
    this.onError = onError;
    loop.watch(this, event.in);
  }

  onEvents(): void {
    const { calls } = this.loop;
    for (let count = 0; count < acceptedAtOnce; count++) {
      const fd = calls.accept(this.fd, null, null, acceptFlags);
      if (fd < 0) {
        this.refused(calls.errno());
        return;
      }
      this.onWire(new EpollWire(this.loop, fd));
    }
  }

  [Symbol.dispose](): void {
    this.pause?.[Symbol.dispose]();
    this.loop.unwatch(this);
    this.loop.calls.close(this.fd);
  }

  private refused(number: number): void {
    // The client has gone again, or there is none left.
    const isUsual = [errno.again, errno.interrupted, errno.aborted].some((each) => each === number);
    if (isUsual) return;
    this.onError(systemError(number, 'accept'));
    this.loop.unwatch(this);
    this.pause = this.loop.every(fullForMs, () => {
      this.pause?.[Symbol.dispose]();
      this.loop.watch(this, event.in);
    });
  }
}

/** What a listener accepts has its options too. */
function openSocket(calls: Calls, address: string, { keepAliveMs }: WireEngineOptions): number {
  const fd = calls.socket(isIPv6(address) ? inet.v6 : inet.v4, streamType, 0);
  if (fd < 0) return fd;
  setOption(calls, fd, socketOption.noDelay, 1);
  if (keepAliveMs === 0) return fd;
  const seconds = Math.max(1, Math.round(keepAliveMs / 1_000));
  setOption(calls, fd, socketOption.keepAlive, 1);
  setOption(calls, fd, socketOption.keepIdle, seconds);
  setOption(calls, fd, socketOption.keepInterval, seconds);
  setOption(calls, fd, socketOption.keepCount, keepAliveProbes);
  return fd;
}

const optionValue = Buffer.alloc(4);

function setOption(
  calls: Calls,
  fd: number,
  [level, name]: readonly [level: number, name: number],
  value: number,
): void {
  optionValue.writeInt32LE(value);
  calls.setOption(fd, level, name, optionValue, optionValue.length);
}
