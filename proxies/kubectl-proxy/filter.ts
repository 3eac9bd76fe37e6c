/** The request filter of `kubectl proxy` (specification 1.5, 1.9, 1.10): which requests go no further. */
import { posix } from 'node:path';
import { RE2JS } from 're2js';

/** The four lists as the flags give them: comma-separated RE2 expressions, empty for none. */
export interface FilterLists {
  readonly acceptPaths: string;
  readonly rejectPaths: string;
  readonly acceptHosts: string;
  readonly rejectMethods: string;
}

export interface FilteredRequest {
  readonly method: string;
  /** Decoded, without query, after the API prefix was stripped. */
  readonly path: string;
  /** As the client sent it, with its port. */
  readonly host: string;
}

export type FilterFlag = 'reject-paths' | 'reject-methods' | 'accept-paths' | 'accept-hosts';

/** The rule that refused: one expression of a reject list, or a whole accept list that nothing met. */
export interface FilterRule {
  readonly flag: FilterFlag;
  readonly pattern: string;
}

export type FilterVerdict =
  { readonly accepted: true } | { readonly accepted: false; readonly rule: FilterRule };

export interface Filter {
  judge(request: FilteredRequest): FilterVerdict;
}

/**
 * Compiles the lists. They are split at every comma before that, so no expression contains one.
 *
 * @example
 * createFilter(lists).judge({ method: 'GET', path: '/api/v1/pods/a/exec', host: 'localhost' })
 * // { accepted: false, rule: { flag: 'reject-paths', pattern: '^/api/.*' + '/pods/.*' + '/exec' } }
 * @throws Error with Go's text, such as ``error parsing regexp: missing closing ]: `[a` ``.
 */
export function createFilter(lists: FilterLists): Filter {
  // Stricter than upstream: there `.` stops at a newline, so that `%0A` in a path escapes the list.
  const rejectPaths = compileList(lists.rejectPaths, RE2JS.DOTALL);
  const rejectMethods = compileList(lists.rejectMethods);
  const acceptPaths = compileList(lists.acceptPaths);
  const acceptHosts = compileList(lists.acceptHosts);

  return {
    judge({ method, path, host }) {
      const resolved = resolveDotSegments(path);
      const isPathMatched = (expression: RE2JS) => expression.test(path);
      const isResolvedMatched = (expression: RE2JS) => expression.test(resolved);
      const isSame = resolved === path;

      const rejectedPath =
        rejectPaths.find(isPathMatched) ??
        (isSame ? undefined : rejectPaths.find(isResolvedMatched));
      if (rejectedPath) return refused('reject-paths', rejectedPath.pattern());

      const rejectedMethod = rejectMethods.find((expression) => expression.test(method));
      if (rejectedMethod) return refused('reject-methods', rejectedMethod.pattern());

      if (!acceptPaths.some(isPathMatched) || !(isSame || acceptPaths.some(isResolvedMatched)))
        return refused('accept-paths', lists.acceptPaths);

      const names = hostNames(host);
      if (!acceptHosts.some((expression) => names.some((name) => expression.test(name))))
        return refused('accept-hosts', lists.acceptHosts);

      return accepted;
    },
  };
}

const accepted: FilterVerdict = { accepted: true };

function refused(flag: FilterFlag, pattern: string): FilterVerdict {
  return { accepted: false, rule: { flag, pattern } };
}

function compileList(list: string, flags = 0): RE2JS[] {
  return list === '' ? [] : list.split(',').map((pattern) => RE2JS.compile(pattern, flags));
}

/**
 * Where the path leads once somebody resolves what was hidden from us as `%2e%2e` or `%2F%2F`.
 * Stricter than upstream, which judges only the spelling (recorded case `filter-path-front-pct-dotdot-exec`).
 */
function resolveDotSegments(path: string): string {
  return path.includes('/.') || path.includes('//') ? posix.normalize(path) : path;
}

/**
 * The names a host goes by: the port is removed as Go's `net.SplitHostPort` does, and where that
 * fails the header stands as it is. `[::1]:8001` is `::1`, as upstream has it, and also `[::1]`, which
 * the default list means (upstream refuses it: recorded case `filter-host-v6-port`).
 */
function hostNames(host: string): string[] {
  const bracketed = /^\[([^[\]]*)\]:[^:[\]]*$/.exec(host)?.[1];
  if (bracketed !== undefined) return [bracketed, `[${bracketed}]`];
  return [/^([^:[\]]*):[^:[\]]*$/.exec(host)?.[1] ?? host];
}
