/** A connection to a backend on which checks are asked, one after the other; its end is noticed at once. */
import type { TLSSocket } from 'node:tls';
import { connectionText } from '../../kit/http/endpoint-text.ts';
import { goErrorText, messageOf } from '../../kit/http/go-error.ts';
import { ResponseReader } from '../../kit/http/response-reader.ts';
import { errorCode } from '../../kit/kubeconfig/errors.ts';
import { isUnverified, type TlsClient } from '../../kit/kubeconfig/tls-client.ts';

export interface CheckAnswer {
  readonly status: number;
  readonly body: string;
  /** The backend does not end the connection after it. */
  readonly isPersistent: boolean;
}

/** Why a connection is no more. */
export interface CheckConnectionEnd {
  /** `broken`: it was up. The others: it did not come to be; `doubt`: which is no fault of the backend's. */
  readonly kind: 'broken' | 'refused' | 'untrusted' | 'unanswered' | 'doubt';
  readonly reason: string;
  /** The backend said in order that it sends nothing more. */
  readonly isOrderly: boolean;
}

export interface CheckConnectionEvents {
  readonly onAnswer: (answer: CheckAnswer) => void;
  /** Comes once; not after `close`. */
  readonly onEnd: (end: CheckConnectionEnd) => void;
}

export interface CheckConnection {
  /** How many checks it has answered. */
  readonly answers: number;
  /** Asks, as soon as it is up. One check at a time. */
  ask(): void;
  close(): void;
}

/** @param request of the check, whole. */
export function openCheckConnection(
  tls: TlsClient,
  port: number,
  request: string,
  events: CheckConnectionEvents,
): CheckConnection {
  const dialling = new AbortController();
  let socket: TLSSocket | null = null;
  let reader: ResponseReader | null = null;
  let answers = 0;
  let isAsked = false;
  let isOver = false;

  const close = () => {
    isOver = true;
    dialling.abort();
    socket?.destroy();
  };
  const end = (kind: CheckConnectionEnd['kind'], reason: string, isOrderly = false) => {
    if (isOver) return;
    close();
    events.onEnd({ kind, reason, isOrderly });
  };
  const ask = () => {
    isAsked = true;
    if (socket === null) return;
    reader = readAnswers({
      onAnswer: (answer) => {
        isAsked = false;
        reader = null;
        answers += 1;
        if (!answer.isPersistent) close();
        events.onAnswer(answer);
      },
      onFault: (fault) => end('broken', fault),
    });
    socket.write(request);
  };
  const use = (secured: TLSSocket) => {
    if (isOver) {
      secured.on('error', () => undefined).destroy();
      return;
    }
    socket = secured;
    const label = connectionText(secured);
    secured.on('data', (bytes: Buffer) => {
      if (isOver) return;
      if (reader === null) end('broken', 'it says what it was not asked');
      else reader.take(bytes, 0, bytes.length);
    });
    secured.on('end', () => {
      reader?.takeEnd();
      end('broken', "it ended the check's connection", true);
    });
    secured.on('error', (error: Error) => end('broken', goErrorText(error, label)));
    secured.on('close', () => end('broken', "the check's connection is closed"));
    if (isAsked) ask();
  };
  tls.connect(port, { signal: dialling.signal }).then(use, (error: unknown) => {
    end(isUnverified(error) ? 'untrusted' : dialFault(error), messageOf(error));
  });

  return {
    get answers() {
      return answers;
    },
    ask,
    close,
  };
}

const dialFaults: Readonly<Record<string, CheckConnectionEnd['kind']>> = {
  ECONNREFUSED: 'refused',
  // This machine has no more of something.
  EADDRNOTAVAIL: 'doubt',
  EMFILE: 'doubt',
  ENFILE: 'doubt',
  ENOBUFS: 'doubt',
  ENOMEM: 'doubt',
};

function dialFault(error: unknown): CheckConnectionEnd['kind'] {
  const code = error instanceof Error ? errorCode(error.cause) : '';
  return dialFaults[code] ?? 'unanswered';
}

/** A list of checks is shorter; what is longer is cut. */
const maximumBodyBytes = 16_384;

interface AnswerEvents {
  readonly onAnswer: (answer: CheckAnswer) => void;
  readonly onFault: (fault: string) => void;
}

function readAnswers({ onAnswer, onFault }: AnswerEvents): ResponseReader {
  let status = 0;
  let body = '';
  return new ResponseReader('GET', {
    onInterim: () => undefined,
    onHead: (head) => {
      status = head.status;
    },
    onBody: ({ dataStart, dataEnd }, memory) => {
      if (body.length < maximumBodyBytes) body += memory.toString('utf8', dataStart, dataEnd);
    },
    onEnd: ({ canReuse }) => onAnswer({ status, body, isPersistent: canReuse }),
    onMalformed: onFault,
    onBroken: onFault,
  });
}
