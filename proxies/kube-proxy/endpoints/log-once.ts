/** Says each thing once: an object that stays wrong is read again at each of its changes. */

const mostRemembered = 1000;

export function logOnce(log: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (said.has(line)) return;
    // Rather twice than without end.
    if (said.size === mostRemembered) said.clear();
    said.add(line);
    log(line);
  };
}
