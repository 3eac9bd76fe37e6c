/** A port of a load balancer on 127.0.0.1, for machines whose browser does not reach its address. */
import type { Transport } from '../service.ts';

export interface DoorPlace {
  readonly protocol: Transport;
  /** Of the load balancer. */
  readonly port: number;
  /** `127.0.0.1:8080` */
  readonly address: string;
}

export interface Door extends Disposable {
  readonly address: string;
}

/** Where it leads, asked for each connection: the address may become another. */
export interface DoorTarget {
  readonly address: string;
  readonly port: number;
}

export const doorHost = '127.0.0.1';
