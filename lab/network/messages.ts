/** What the host and the supervisor say to each other, over the channel between them. */
import type { Hop } from '../../proxies/kit/hop.ts';
import type { LoadBalancersAnswer } from '../cloud/messages.ts';
import type { ApiserverPath } from '../load-balancer/messages.ts';
import type { MachineAction, MachineStatus } from '../machines/machine.ts';
import type { LabMode, LabPlace, TopologyOptions } from '../topology.ts';
import type { CommandResult } from './run-command.ts';

export type DoorProtocol = 'TCP' | 'UDP';

/** What the host asks for, and what it gets. */
export interface Requests {
  readonly 'lay-network': {
    ask: {
      readonly mode: LabMode;
      readonly topology: TopologyOptions;
      /** The share of the loopback that the lab had before. */
      readonly share?: number;
    };
    /** Where it is, and `host:port` where the apiservers are to be found, from within. */
    answer: { readonly place: LabPlace; readonly apiserver: string };
  };
  readonly 'start-machines': { ask: { readonly directory: string }; answer: null };
  readonly act: {
    ask: { readonly machine: string; readonly action: MachineAction };
    answer: null;
  };
  readonly run: {
    ask: {
      readonly machine: string;
      readonly argv: readonly string[];
      readonly stdin?: string | undefined;
      /** Its output is reported as it comes. */
      readonly isFollowed: boolean;
    };
    answer: CommandResult;
  };
  /** From now on each hop is reported, or none. */
  readonly 'follow-hops': { ask: { readonly isFollowed: boolean }; answer: null };
  /** Of a connection to the apiservers: its source outside of a door, or within the lab. */
  readonly 'path-of': { ask: { readonly source: string }; answer: ApiserverPath | null };
  /** Of a connection to a door: where the one that was made for it comes from, within the lab. */
  readonly 'behind-door': { ask: { readonly source: string }; answer: string | null };
  /** What the cloud has given to Services. */
  readonly 'load-balancers': { ask: null; answer: LoadBalancersAnswer };
  /** Sent with the socket. */
  readonly 'open-door': {
    ask: { readonly door: number; readonly protocol: DoorProtocol; readonly target: string };
    answer: null;
  };
  readonly 'close-door': { ask: { readonly door: number }; answer: null };
  /** Ends the machines and the doors, in order. */
  readonly end: { ask: null; answer: null };
  /** Ends a `run`. */
  readonly cancel: { ask: { readonly request: number }; answer: null };
}

export type RequestName = keyof Requests;

export interface RequestMessage<Name extends RequestName = RequestName> {
  readonly request: number;
  readonly name: Name;
  readonly ask: Requests[Name]['ask'];
}

export type Report =
  | { readonly report: 'answer'; readonly request: number; readonly answer: unknown }
  | { readonly report: 'failure'; readonly request: number; readonly message: string }
  | { readonly report: 'output'; readonly request: number; readonly text: string }
  | { readonly report: 'machines'; readonly machines: readonly MachineStatus[] }
  | { readonly report: 'hop'; readonly hop: Hop };
