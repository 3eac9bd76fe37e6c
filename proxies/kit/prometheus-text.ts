/** Metrics as Prometheus reads them: families of lines, each with its labels. */

export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Sorted labels as text; empty where there are none. `suffix` is of a histogram's lines. */
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels: string;
  readonly value: number;
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** The type of the text. */
export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

/** @example prometheusText([{ name: 'up', type: 'gauge', help: 'Whether it is.', samples: [{ labels: '', value: 1 }] }]) */
export function prometheusText(families: readonly Family[]): string {
  return families
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ labels, value, suffix = '' }) =>
        labels === '' ? `${name}${suffix} ${value}` : `${name}${suffix}{${labels}} ${value}`,
      ),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

/** @example labelsOf({ code: '200', verb: 'GET' }) // 'code="200",verb="GET"' */
export function labelsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',');
}

/** What every process says of itself. */
export function processFamilies(): readonly Family[] {
  return [
    {
      name: 'process_resident_memory_bytes',
      type: 'gauge',
      help: 'Resident memory in bytes.',
      samples: [{ labels: '', value: process.memoryUsage.rss() }],
    },
    {
      name: 'process_start_time_seconds',
      type: 'gauge',
      help: 'When the process started.',
      samples: [{ labels: '', value: startedAt }],
    },
  ];
}

const startedAt = Date.now() / 1000 - process.uptime();
