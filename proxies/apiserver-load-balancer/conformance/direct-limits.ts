/** What there is not where nobody balances, and a client knows the address of one apiserver. */

export const directLimits = [
  /** All go to that one, whether it can serve or not. */
  { id: 'one-apiserver' },
  /** Its connections wait until the client gives up. */
  { id: 'nobody-resets' },
  /** Nobody ends what is idle or old, or what leads to a backend that has left. */
  { id: 'nobody-ends' },
  /** The apiserver sees the client itself. */
  { id: 'client-seen' },
  { id: 'nobody-probes' },
  { id: 'nobody-tells' },
] as const;

export type DirectLimitId = (typeof directLimits)[number]['id'];
