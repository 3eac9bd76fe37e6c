/** A short word on each set, map and chain: those of the page of the layout. */

/**
 * The key of the message that says what it is.
 *
 * @example ruleWord('pick-local-3') // 'tables:facts.chains.rows.pick.what'
 */
export function ruleWord(name: string): `tables:${string}` {
  const chain = chainRows.find(([pattern]) => pattern.test(name))?.[1];
  return chain === undefined
    ? `tables:facts.collections.rows.${name}.what`
    : `tables:facts.chains.rows.${chain}.what`;
}

/** Rows of the table of chains, by the names of those that one Service can lead to. */
const chainRows: readonly (readonly [RegExp, string])[] = [
  [/^mark-external$/, 'mark-external'],
  [/^external-local-/, 'external-local'],
  [/^affinity-(?:local-)?(?:nodeport-)?\d+$/, 'affinity'],
  [/^pick-/, 'pick'],
  [/^reject-chain$/, 'reject'],
  [/^remember-/, 'remember'],
];
