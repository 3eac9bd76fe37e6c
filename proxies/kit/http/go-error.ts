/** What went wrong on a connection, in the words of Go's `net` package. */

const systemErrors: Readonly<Record<string, string>> = {
  ECONNRESET: 'read: connection reset by peer',
  EPIPE: 'write: broken pipe',
  ETIMEDOUT: 'read: connection timed out',
  EHOSTUNREACH: 'read: no route to host',
};

/**
 * @param label `local->remote` of the connection.
 * @example goErrorText(error, '127.0.0.1:4->127.0.0.1:5')
 * // 'read tcp 127.0.0.1:4->127.0.0.1:5: read: connection reset by peer'
 */
export function goErrorText(error: Error, label: string): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const text = systemErrors[code];
  if (text === undefined) return error.message;
  return `${text.split(':', 1)[0] ?? 'read'} tcp ${label}: ${text}`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
