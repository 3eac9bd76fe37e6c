/** What can be wrong with a client configuration, in kubectl's words. */

/** Sorts an error by how kubectl announces it. */
export type KubeconfigErrorKind = 'invalid' | 'address' | 'other';

/**
 * A configuration no client can be made of. `problems` are kubectl's sentences; `announcement` is
 * what kubectl prints.
 */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
  readonly kind: KubeconfigErrorKind;
  readonly problems: readonly string[];

  constructor(kind: KubeconfigErrorKind, ...problems: readonly string[]) {
    super(problems.join('; '));
    this.kind = kind;
    this.problems = problems;
  }

  get announcement(): string {
    const [first = ''] = this.problems;
    if (this.kind === 'address') return `Unable to connect to the server: ${first}`;
    if (this.kind === 'other') return `error: ${first}`;
    if (this.problems.length === 1) {
      // Upstream announces this one as it announces a list.
      const isList = first.startsWith('context was not found');
      return isList ? `Error in configuration: ${first}` : `error: ${first}`;
    }
    const lines = this.problems.map((problem) => `* ${problem}`);
    return ['Error in configuration: ', ...lines].join('\n');
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
};

/**
 * A file error as Go says it.
 *
 * @example goFileError('open', '/x', error) // 'open /x: no such file or directory'
 */
export function goFileError(
  operation: 'open' | 'stat' | 'read',
  path: string,
  error: unknown,
): string {
  const code = errorCode(error);
  // Go opens a directory and fails only on reading it.
  const verb = code === 'EISDIR' ? 'read' : operation;
  return `${verb} ${path}: ${reasons[code] ?? code}`;
}

/** The `code` of a system error, or what the error says. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return String(error);
}
