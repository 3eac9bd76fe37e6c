/** A question that the apiserver did not answer: the reason for the log, and what is needed for the caller. */
import { ApiError, UnreachableError } from '../../kit/api/errors.ts';
import { StatusError } from '../../kit/api/status-error.ts';
import { internalError } from '../../kit/apiserver/refusals.ts';
import { klogLine } from '../../kit/klog.ts';

/**
 * What the apiserver answers.
 *
 * @throws StatusError 503 where the apiserver is away, 500 where it does not let us ask
 */
export async function answerOf<Answer>(
  answer: Promise<Answer>,
  kind: string,
  log: (line: string) => void,
  verb: 'create' | 'find' = 'create',
): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(klogLine('E', 'hop', `Unable to ${verb} a ${kind}: ${reason}`));
    if (error instanceof UnreachableError) {
      throw new StatusError(
        503,
        'ServiceUnavailable',
        `the apiserver does not answer: unable to ${verb} a ${kind}`,
        { retryAfterSeconds: 1 },
      );
    }
    throw internalError(
      `unable to ${verb} a ${kind}${error instanceof ApiError ? `: ${error.reason}` : ''}`,
    );
  }
}
