/** `proxy-url`: the proxy between us and the apiserver. */

const schemes = ['http:', 'https:', 'socks5:'];

/** What is wrong with a `proxy-url`, in upstream's words; `null` where nothing is. */
export function proxyUrlProblem(text: string): string | null {
  if (text === '') return null;
  if (!URL.canParse(text)) return `parse ${JSON.stringify(text)}: invalid URL`;
  const { protocol } = new URL(text);
  if (schemes.includes(protocol)) return null;
  return `unsupported scheme ${JSON.stringify(protocol.slice(0, -1))}, must be http, https, or socks5`;
}
