/** What to do next, for the errors that keep kubectl's words. */

export interface Hint {
  readonly key: string;
  readonly values: Readonly<Record<string, string>>;
}

/** The first that matches speaks. Named groups become the message's values. */
const hints: readonly (readonly [RegExp, string])[] = [
  [/unknown (?:shorthand )?flag/, 'unknown-flag'],
  [/invalid argument .* for ".*" flag|flag needs an argument/, 'bad-value'],
  [/address already in use/, 'port-in-use'],
  [/cannot assign requested address/, 'foreign-address'],
  [/listen tcp .*: bind: permission denied|listen tcp .*permission denied/, 'privileged-port'],
  [/listen tcp.*(invalid port|too many colons|missing ']')/, 'bad-listen-address'],
  [/listen unix .*: invalid argument/, 'long-socket-path'],
  [/Error compiling re:/, 'bad-regexp'],
  [/error loading config file "(?<path>[^"]*)"/, 'unreadable-kubeconfig'],
  [/^error: stat (?<path>.*): no such file/, 'missing-kubeconfig'],
  [/context (?:"(?<name>[^"]*)" does not exist|was not found)/, 'missing-context'],
  [/(?:auth info|cluster) "[^"]*" does not exist/, 'missing-entry'],
  [/root certificates/, 'bad-ca'],
  [/more than one authentication method/, 'two-methods'],
  [/without impersonating a user/, 'impersonation-without-user'],
  [/error: EOF$|error reading input for Password/, 'no-credentials'],
  [/exec plugin: invalid apiVersion|interactiveMode/, 'old-plugin'],
  [/match the same requests|invalid --(?:api|www)-prefix/, 'bad-prefix'],
  [/^Unable to connect to the server: /, 'bad-server'],
];

/** @example startHint('error: listen tcp 127.0.0.1:8001: bind: address already in use')?.key // 'cli.hints.port-in-use' */
export function startHint(announcement: string): Hint | null {
  for (const [pattern, key] of hints) {
    const match = pattern.exec(announcement);
    if (match !== null) return { key: `cli.hints.${key}`, values: { ...match.groups } };
  }
  return null;
}
