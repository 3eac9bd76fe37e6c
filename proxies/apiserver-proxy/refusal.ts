/** The proxy's own errors, in the words in which its descriptor lists them. */
import { StatusError } from '../kit/api/status-error.ts';
import { errors } from './facts/errors.ts';

type Worded = Extract<(typeof errors)[number], { readonly message: string }>;

/**
 * @example refusal('unreachable', { cause: 'EOF' })
 * // 503 ServiceUnavailable: error trying to reach service: EOF
 */
export function refusal(
  id: Worded['id'],
  values: Readonly<Record<string, string | number>> = {},
): StatusError {
  const error = errors.find((one) => one.id === id);
  if (!error || !('message' in error)) throw new TypeError(`no error ${id}`);
  const { status, reason, message } = error;
  const text = message.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  return new StatusError(status, reason ?? undefined, text);
}
