/** Which pod of the lab an answer comes from, by what it says of itself. Safe in a browser. */

/**
 * @returns `namespace/name`, or the name alone where the answer has no more; null where it says nothing
 * @example podOf('hello pod=platform/echo-1 node=node-2 self=10.244.2.3:7070 peer=…') // 'platform/echo-1'
 */
export function podOf(answer: string): string | null {
  for (const form of forms) {
    const [, pod] = form.exec(answer) ?? [];
    if (pod !== undefined) return pod;
  }
  return null;
}

/** The lab's `lines`, `udp-echo` and `sctp-echo`; its HTTP echo as text, and as bytes. */
const forms = [/\bpod=(\S+)/, /^Pod: (\S+) on /m, /^\[(\S+) [\d.a-f:[\]]+:\d+ tls=/m];
