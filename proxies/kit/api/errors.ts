/** The two ways in which a request to an apiserver fails: it is refused, or nobody answers. */

/** `metav1.Status`, as far as a client reads it. */
export interface Status {
  readonly message?: string;
  /** `NotFound`, `AlreadyExists`, `Conflict`, `Expired`, … */
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly {
      readonly reason?: string;
      readonly message?: string;
      readonly field?: string;
    }[];
  };
}

/** The apiserver refused. `message` is the server's own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status: 404, 409, 410, … */
  readonly code: number;
  /** Empty where the server gives none. */
  readonly reason: string;
  readonly status: Status;

  constructor(code: number, status: Status) {
    super(status.message ?? `the server answered ${code}`);
    this.code = code;
    this.reason = status.reason ?? '';
    this.status = status;
  }
}

/** The apiserver could not be reached, or the connection broke before the answer was whole. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  /** Whether the server may have seen the request: then only a request that changes nothing is safe to repeat. */
  readonly wasSent: boolean;

  constructor(message: string, wasSent: boolean, cause?: unknown) {
    super(message, { cause });
    this.wasSent = wasSent;
  }
}

/** @example isRefusal(error, 'NotFound') */
export function isRefusal(error: unknown, reason: string): error is ApiError {
  return error instanceof ApiError && error.reason === reason;
}
