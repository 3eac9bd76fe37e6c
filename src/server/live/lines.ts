/** The lines of a live stream, one JSON object each (NDJSON). Types only: the browser reads them too. */
import type { Need, Value } from '../../../proxies/descriptor.ts';
import type { Hop } from '../../../proxies/kit/hop.ts';
import type { Observation, Verdict, WorldName } from '../../../proxies/kit/proof.ts';
import type { CloudServiceSummary } from '../../cloud-service.ts';
import type { CloudServiceStep } from '../../cloud-service-rows.ts';
import type { FailoverLine, FailoverSummary } from '../../failover.ts';
import type { RuleGroup } from '../../shown-rules.ts';
import type { LiveErrorCode } from './live-error.ts';

/** A stretch of the request, as it happened. `world` is set while a proof runs. */
export interface HopLine {
  readonly type: 'hop';
  readonly hop: Hop;
  /** What was decided there, in the reader's language. */
  readonly text?: string;
  readonly world?: WorldName;
}

/** A proof has entered one of its two worlds. */
export interface WorldLine {
  readonly type: 'world';
  readonly world: WorldName;
}

/** Something a proof saw, with its sentence in the reader's language. */
export interface ObservationLine {
  readonly type: 'observation';
  readonly world: WorldName;
  readonly key: string;
  readonly values: Readonly<Record<string, Value>>;
  readonly standing: Observation['standing'];
  readonly text: string;
}

/** The answer's head, and its body where it came whole; a stream's body follows in chunks. */
export interface AnswerLine {
  readonly type: 'answer';
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
}

export interface ChunkLine {
  readonly type: 'chunk';
  readonly text: string;
}

/** A connection below HTTP: from where it was made, and to which address. */
export interface ConnectedLine {
  readonly type: 'connected';
  /** `10.244.1.5:34567`; null where there was no end. */
  readonly local: string | null;
  readonly remote: string;
}

/** A text message of a WebSocket, or of a connection below HTTP. */
export interface MessageLine {
  readonly type: 'message';
  readonly from: 'client' | 'target';
  readonly text: string;
}

/** The pods among which requests are spread. */
export interface PodsLine {
  readonly type: 'pods';
  readonly pods: readonly string[];
}

/** One answer of many: this pod gave it. */
export interface PickLine {
  readonly type: 'pick';
  readonly pod: string;
}

/** What a Service makes a node hold; again whenever that has changed. */
export interface RulesLine {
  readonly type: 'rules';
  readonly families: readonly {
    readonly family: string;
    /** `what`: what this set, map or chain is, in the reader's language. */
    readonly groups: readonly (RuleGroup & { readonly what: string })[];
  }[];
  /** A sentence where there is nothing. */
  readonly text?: string;
}

/** The end of a proof. */
export interface ProofResultLine {
  readonly type: 'result';
  readonly result: Verdict['result'];
  readonly missing?: readonly Need[];
  readonly tookMs: number;
  readonly text: string;
}

/** The end of an example or of a request of the console. */
export interface RequestResultLine {
  readonly type: 'result';
  /** `unexpected`: an example was not answered as its descriptor says. */
  readonly result: 'answered' | 'unexpected';
  readonly status: number;
  readonly tookMs: number;
  /** The body was longer, or went on for longer, than is shown. */
  readonly isCut: boolean;
  readonly text: string;
}

/** The end of an example below HTTP. */
export interface ConnectionsResultLine {
  readonly type: 'result';
  readonly result: 'answered' | 'refused' | 'nothing' | 'unexpected';
  readonly connections: number;
  readonly pods: number;
  readonly tookMs: number;
  readonly text: string;
}

/** How evenly many requests were spread. */
export interface BalanceResultLine {
  readonly type: 'result';
  readonly result: 'even' | 'uneven';
  readonly tookMs: number;
  readonly text: string;
}

/** What became of requests and a watch when an apiserver was killed. */
export interface FailoverResultLine extends FailoverSummary {
  readonly type: 'result';
  readonly text: string;
}

/** What became of the Service in all. */
export interface CloudServiceResultLine extends CloudServiceSummary {
  readonly type: 'result';
  readonly text: string;
}

/** Something went wrong after the stream began. */
export interface ErrorLine {
  readonly type: 'error';
  readonly code: LiveErrorCode;
  readonly message: string;
}

export type LiveLine =
  | HopLine
  | WorldLine
  | ObservationLine
  | AnswerLine
  | ChunkLine
  | ConnectedLine
  | MessageLine
  | PodsLine
  | PickLine
  | RulesLine
  | ProofResultLine
  | RequestResultLine
  | ConnectionsResultLine
  | BalanceResultLine
  | FailoverLine
  | FailoverResultLine
  | CloudServiceStep
  | CloudServiceResultLine
  | ErrorLine;
