/** The talk with a machine's program over its channel; it goes on with whoever takes the program's place. */
import type { Hop } from '../../proxies/kit/hop.ts';
import type { AnswerMessage, HopMessage, HopsFollowedMessage, ReadyMessage } from './program.ts';
import type { RunningProgram } from './running-program.ts';

export interface TalkOptions {
  readonly onReady: (message: ReadyMessage, program: RunningProgram) => void;
  readonly onHop?: ((hop: Hop) => void) | undefined;
}

export interface ProgramTalk {
  /** Talks with this one from now on. */
  begin(program: RunningProgram): void;
  /**
   * Asks the program to tell its hops, or not to. Resolves when it does so, or when it is not to be waited
   * for: one that does not serve yet, or hangs, tells later.
   */
  followHops(isFollowed: boolean, isReady: boolean): Promise<void>;
  /** Tells the program something that holds until it is told anew. */
  readonly tell: (message: object) => void;
  /** What the program answers; null where it does not, in a second. */
  readonly ask: (question: object) => Promise<unknown>;
}

const answerWithinMs = 1_000;

export function createProgramTalk({ onReady, onHop }: TalkOptions): ProgramTalk {
  let program: RunningProgram | null = null;
  let told: object | null = null;
  let isFollowed = false;
  let obeyed = Promise.withResolvers<undefined>();
  const asked = new Map<number, (answer: unknown) => void>();
  let questions = 0;

  /** Whoever has gone meanwhile hears nothing. */
  const send = (message: object) => {
    if (program?.child.connected) program.child.send(message, () => undefined);
  };

  /** Resolves with it, or when there is no longer anybody or any reason to wait. */
  const within = async (promise: Promise<unknown>, { exited }: RunningProgram) => {
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), answerWithinMs);
    const answer = await Promise.race([promise, exited.then(() => null), late.promise]);
    clearTimeout(timer);
    return answer;
  };

  return {
    begin: (started) => {
      program = started;
      started.child.on('message', (sent: ProgramMessage) => {
        if ('hop' in sent) onHop?.(sent.hop);
        else if ('hopsFollowed' in sent) {
          if (sent.hopsFollowed === isFollowed) obeyed.resolve(undefined);
        } else if ('answer' in sent) asked.get(sent.question)?.(sent.answer);
        else {
          if (isFollowed) send({ hops: true });
          onReady(sent, started);
        }
      });
      if (told !== null) send(told);
      void started.exited.then(() => {
        if (program === started) program = null;
      });
    },
    followHops: async (isAsked, isReady) => {
      isFollowed = isAsked;
      obeyed.resolve(undefined);
      obeyed = Promise.withResolvers<undefined>();
      if (program === null) return;
      send({ hops: isAsked });
      if (isReady) await within(obeyed.promise, program);
    },
    tell: (message) => {
      told = message;
      send(message);
    },
    ask: async (content) => {
      if (program === null) return null;
      const question = ++questions;
      const answer = Promise.withResolvers<unknown>();
      asked.set(question, answer.resolve);
      send({ question, ...content });
      try {
        return await within(answer.promise, program);
      } finally {
        asked.delete(question);
      }
    },
  };
}

type ProgramMessage = ReadyMessage | HopMessage | HopsFollowedMessage | AnswerMessage;
