/** The listeners of all ports: what is wanted, what there is, and what could not be opened. */
import type { RelaySet } from '../../kit/l4/relay-set.ts';
import type { UdpSessions } from '../../kit/l4/udp-sessions.ts';
import { frontendsOf, type Frontend } from './frontends.ts';
import type { Listener, ListenerEvents } from './listener.ts';
import type { UserspaceProblem } from './problem.ts';
import type { ServedPort } from './served-port.ts';
import { listenTcp } from './tcp-listener.ts';
import { listenUdp } from './udp-listener.ts';

export interface ListenersOptions {
  readonly relays: RelaySet;
  readonly sessions: UdpSessions;
  readonly events: ListenerEvents;
  readonly report: (problem: UserspaceProblem) => void;
  /** The node's own on which NodePorts answer. */
  readonly nodePortAddresses: readonly string[];
}

/** A frontend that is wanted: with its listener, or with what hindered it. */
interface Place {
  readonly frontend: Frontend;
  readonly port: ServedPort;
  listener: Listener | null;
  problem: string | null;
}

export class Listeners implements Disposable {
  private readonly options: ListenersOptions;
  private readonly places = new Map<ServedPort, Map<string, Place>>();
  /** Who listens, by the frontend's name: no two can. */
  private readonly open = new Map<string, Place>();
  private readonly closed = new Set<Place>();
  private readonly withoutProtocol = new Set<ServedPort>();

  constructor(options: ListenersOptions) {
    this.options = options;
  }

  get count(): number {
    return this.open.size;
  }

  get unbound(): number {
    return this.closed.size;
  }

  get unsupported(): number {
    return this.withoutProtocol.size;
  }

  /** Closes what it wants no more, and notes what it wants. Returns how much was closed or changed. */
  change(port: ServedPort): number {
    if (port.state.protocol === 'SCTP') {
      this.reportProtocol(port);
      return 0;
    }
    let operations = 0;
    const old = this.places.get(port) ?? new Map<string, Place>();
    const places = new Map<string, Place>();
    this.places.set(port, places);
    for (const frontend of frontendsOf(port.state, this.options.nodePortAddresses)) {
      const known = old.get(frontend.name);
      if (known?.frontend.kind === frontend.kind) {
        old.delete(frontend.name);
        places.set(frontend.name, known);
        known.listener?.portChanged();
        operations += 1;
      } else if (!places.has(frontend.name)) {
        const place = { frontend, port, listener: null, problem: null };
        places.set(frontend.name, place);
        this.closed.add(place);
      }
    }
    for (const place of old.values()) operations += this.close(place);
    return operations;
  }

  /** Returns how many it has closed. */
  remove(port: ServedPort): number {
    let operations = 0;
    for (const place of this.places.get(port)?.values() ?? []) operations += this.close(place);
    this.places.delete(port);
    this.withoutProtocol.delete(port);
    return operations;
  }

  /** Opens all that is wanted, what failed before included. Returns how many it has opened. */
  async openWanted(): Promise<number> {
    const before = this.open.size;
    const wanted = [...this.closed];
    for (let first = 0; first < wanted.length; first += atOnce) {
      await Promise.all(wanted.slice(first, first + atOnce).map((place) => this.listen(place)));
    }
    return this.open.size - before;
  }

  describe(port: ServedPort): readonly string[] {
    return [...(this.places.get(port)?.values() ?? [])].map(({ frontend, problem }) =>
      problem === null ? frontend.name : `${frontend.name}: ${problem}`,
    );
  }

  [Symbol.dispose](): void {
    for (const port of [...this.places.keys()]) this.remove(port);
  }

  private close(place: Place): number {
    this.closed.delete(place);
    if (place.listener === null) return 0;
    this.open.delete(place.frontend.name);
    place.listener.close();
    return 1;
  }

  private async listen(place: Place): Promise<void> {
    const { frontend, port } = place;
    const { relays, sessions, events } = this.options;
    const owner = this.open.get(frontend.name);
    if (owner) {
      this.report(place, 'taken', `${owner.port.state.key} has this address`);
      return;
    }
    this.open.set(frontend.name, place);
    try {
      place.listener = await (frontend.protocol === 'UDP'
        ? listenUdp(frontend, port, sessions, events)
        : listenTcp(frontend, port, relays, events));
      place.problem = null;
      this.closed.delete(place);
    } catch (error) {
      this.open.delete(frontend.name);
      this.report(place, 'bind', error instanceof Error ? error.message : String(error));
    }
  }

  private report(place: Place, kind: UserspaceProblem['kind'], message: string): void {
    if (place.problem === message) return;
    place.problem = message;
    this.options.report({ kind, port: place.port.state, where: place.frontend.name, message });
  }

  private reportProtocol(port: ServedPort): void {
    if (this.withoutProtocol.has(port)) return;
    this.withoutProtocol.add(port);
    const message = 'SCTP is not possible in userspace mode';
    this.options.report({ kind: 'protocol', port: port.state, where: 'SCTP', message });
  }
}

/** The system opens them one by one; more promises at once only take memory. */
const atOnce = 256;
