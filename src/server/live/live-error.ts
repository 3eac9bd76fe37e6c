/** What the live API refuses, and with which status; the sentence is the message `errors:live.<code>`. */
import type { Value } from '../../../proxies/descriptor.ts';

export const liveErrors = {
  'bad-path': 400,
  'bad-request': 400,
  'foreign-host': 403,
  'foreign-origin': 403,
  'machines-fixed': 403,
  'only-proxied': 403,
  'outside-namespace': 403,
  'quota-exceeded': 403,
  'read-only': 403,
  'reaches-further': 403,
  secret: 403,
  'no-lab': 404,
  'no-service': 404,
  'not-here': 404,
  'unknown-action': 404,
  'unknown-choice': 404,
  'unknown-claim': 404,
  'unknown-example': 404,
  'unknown-machine': 404,
  'unknown-node': 404,
  'unknown-path': 404,
  'unknown-service': 404,
  'method-not-allowed': 405,
  'already-running': 409,
  'machine-refused': 409,
  'no-rules': 409,
  'too-few-apiservers': 409,
  'not-isolated': 409,
  'body-too-large': 413,
  'too-long': 414,
  'too-many-requests': 429,
  internal: 500,
  'connect-failed': 502,
  'proxy-failed': 502,
  busy: 503,
  'not-ready': 503,
  timeout: 504,
} as const;

export type LiveErrorCode = keyof typeof liveErrors;

export class LiveError extends Error {
  override readonly name = 'LiveError';
  readonly code: LiveErrorCode;
  readonly values: Readonly<Record<string, Value>>;
  /** Headers that belong to the refusal, such as `Allow` or `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: LiveErrorCode,
    values: Readonly<Record<string, Value>> = {},
    headers: Readonly<Record<string, string>> = {},
    cause?: unknown,
  ) {
    super(code, { cause });
    this.code = code;
    this.values = values;
    this.headers = headers;
  }

  get status(): number {
    return liveErrors[this.code];
  }
}
