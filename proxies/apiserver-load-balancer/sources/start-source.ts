/** Starts the source of backends: its first list is in force when it has started. */
import type { Terminal } from '../../kit/command.ts';
import type { Severity } from '../../kit/klog.ts';
import type { Reloads } from '../admin/reloads.ts';
import type { Source } from '../config/configuration.ts';
import type { WantedList } from './wanted-list.ts';

export interface SourceOptions {
  readonly list: WantedList;
  readonly reloads: Reloads;
  readonly terminal: Terminal;
  readonly say: (severity: Severity, text: string) => void;
  /** What went wrong, with what to do next. */
  readonly withHint: (error: unknown) => string;
}

export interface RunningSource extends AsyncDisposable {
  /** Reads it again at once. */
  reload(): void;
}

/** @throws ConfigurationError where the first list is none */
export async function startSource(source: Source, options: SourceOptions): Promise<RunningSource> {
  switch (source.kind) {
    case 'flags': {
      const { list } = options;
      await list.replace(source.entries);
      return {
        reload: () => void list.refresh(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    }
    case 'file': {
      const { followBackendsFile } = await import('./follow-backends-file.ts');
      return followBackendsFile(source.path, options);
    }
    case 'endpoint-slices': {
      const { followEndpointSlices } = await import('./follow-endpoint-slices.ts');
      return followEndpointSlices(source, options);
    }
  }
}
