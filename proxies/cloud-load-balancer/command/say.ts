/** The log of the command: a line each, and how much of it is wanted. */
import { klogLine, type Severity } from '../../kit/klog.ts';

/** @param level said from this `-v` on; 0 unless told otherwise */
export type Say = (severity: Severity, text: string, level?: number) => void;

/** From this `-v` on, all events of Services are said, too. */
export const eventsLevel = 2;

export function createSay(verbosity: number, log: (line: string) => void): Say {
  return (severity, text, level = 0) => {
    if (severity === 'I' && level > verbosity) return;
    log(klogLine(severity, 'hop', text));
  };
}
