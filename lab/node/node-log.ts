/** The last lines of the node's own log, for `/logs/kubelet.log`. */
import { klogLine } from '../../proxies/kit/klog.ts';

export interface NodeLog {
  append(line: string): void;
  text(): string;
}

const keptLines = 500;

export function createNodeLog(): NodeLog {
  const lines: string[] = [];
  return {
    append: (line) => {
      lines.push(klogLine('I', 'hop', line));
      if (lines.length > keptLines) lines.splice(0, keptLines / 5);
    },
    text: () => lines.map((line) => `${line}\n`).join(''),
  };
}
