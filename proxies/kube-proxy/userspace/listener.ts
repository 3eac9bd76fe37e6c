/** What listens at one frontend, whatever its protocol. */
import type { Backend } from '../service-port.ts';
import type { Frontend } from './frontends.ts';
import type { ServedPort } from './served-port.ts';

export interface Listener {
  readonly frontend: Frontend;
  /** The port it serves has changed: what leads to backends that are gone may have to end. */
  portChanged(): void;
  /** Takes no more. TCP connections go on, as they would with conntrack; UDP sessions end. */
  close(): void;
}

/** Somebody's end of a connection. */
interface Address {
  readonly address: string;
  readonly port: number;
}

export interface ListenerEvents {
  readonly onFlow: (
    frontend: Frontend,
    port: ServedPort,
    client: Address,
    backend: Backend,
  ) => void;
  readonly onError: (frontend: Frontend, error: Error) => void;
}
