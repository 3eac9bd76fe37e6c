/** What the main thread and one that waits for sockets say to each other, whatever they do together. */
import type { MessagePort } from 'node:worker_threads';

export interface ThreadData<Options> {
  readonly port: MessagePort;
  readonly options: Options;
}

/** Each is answered, in turn. `end` is the last one. */
export type Asked<Request> = { readonly request: Request } | { readonly end: true };

export type Answered<Answer> = { readonly value: Answer } | { readonly failure: string };

/** What the thread says of itself. */
export type Told<Begun, Notice> =
  /** The first. The waker is a descriptor: eight bytes written to it let the thread see its messages. */
  | { readonly begun: Begun; readonly waker: number }
  /** Instead of the first. */
  | { readonly refusal: string }
  /** The last. */
  | { readonly ended: true }
  | { readonly log: string }
  | { readonly notice: Notice };
