/** Log lines as Kubernetes' commands write them: `W1122 04:50:20.123456   12345 proxy.go:200] text`. */

export type Severity = 'I' | 'W' | 'E' | 'F';

/**
 * One line, without its newline. `source` is where kubectl says it comes from, or `hop` for what
 * kubectl does not say. Control characters are shown: none of them steers a terminal.
 */
export function klogLine(severity: Severity, source: string, message: string): string {
  const now = new Date();
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':');
  const micros = `${String(now.getMilliseconds()).padStart(3, '0')}000`;
  return `${severity}${day} ${time}.${micros} ${String(process.pid).padStart(7)} ${source}] ${readable(message)}`;
}

/** What Kubernetes' own messages hold, tabs and newlines, stays. */
function readable(message: string): string {
  return message.replace(
    /[\0-\x08\x0b-\x1f\x7f-\x9f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
