/** What a thread of a data path does: it blocks until a socket, a message or a time is due. */
import { readSync } from 'node:fs';
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { event, eventfdFlags } from './calls.ts';
import { EpollLoop } from './epoll-loop.ts';
import type { Answered, Asked, ThreadData, Told } from './thread-messages.ts';

export interface ThreadSurroundings<Options, Notice> {
  readonly loop: EpollLoop;
  readonly options: Options;
  readonly notify: (notice: Notice) => void;
  readonly log: (line: string) => void;
}

export interface ThreadWork<Begun, Request, Answer> extends Disposable {
  /** What the other side hears first. It may wait: the loop has not begun. */
  begin(): Promise<Begun>;
  /** @throws Error, which the other side gets by its message */
  answer(request: Request): Answer;
}

/** The counterpart of `startThread`: ends when the other side asks for it. */
export async function runThread<Options, Begun, Request, Answer, Notice>(
  create: (surroundings: ThreadSurroundings<Options, Notice>) => ThreadWork<Begun, Request, Answer>,
): Promise<void> {
  const { port, options } = workerData as ThreadData<Options>;
  const tell = (message: Told<Begun, Notice> | Answered<Answer>) => port.postMessage(message);
  const log = (line: string) => tell({ log: line });
  using loop = new EpollLoop((error) => log(stackOf(error)));
  using work = create({ loop, options, log, notify: (notice) => tell({ notice }) });

  const answer = (request: Request): Answered<Answer> => {
    try {
      return { value: work.answer(request) };
    } catch (error) {
      return { failure: messageOf(error) };
    }
  };
  const readMessages = (waker: number) => {
    readSync(waker, Buffer.alloc(8));
    for (;;) {
      const received = receiveMessageOnPort(port) as
        { readonly message: Asked<Request> } | undefined;
      if (received === undefined) return;
      if ('request' in received.message) {
        tell(answer(received.message.request));
      } else {
        tell({ ended: true });
        loop.stop();
      }
    }
  };

  const waker = loop.calls.eventfd(0, eventfdFlags);
  try {
    tell({ begun: await work.begin(), waker });
  } catch (error) {
    loop.calls.close(waker);
    tell({ refusal: messageOf(error) });
    return;
  }
  loop.watch({ fd: waker, turn: 0, onEvents: () => readMessages(waker) }, event.in);
  loop.run();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
