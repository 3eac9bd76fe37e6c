/** One connection of the client, whatever carries it: messages there, answers back. */

export interface ConversationOptions {
  /** Our own address; absent: the system chooses. */
  readonly from?: string | undefined;
  readonly address: string;
  readonly port: number;
  readonly timeoutMs: number;
}

export interface Conversation extends AsyncDisposable {
  /** Our own end, `10.244.1.5:34567`. */
  readonly local: string;
  /** @throws Error with a `code` when no answer comes. */
  ask(message: string): Promise<string>;
}

/** @throws Error with a `code` (`ECONNREFUSED`, `ETIMEDOUT`) and, where there is one, its own end as `local`. */
export type OpenConversation = (options: ConversationOptions) => Promise<Conversation>;

/** Nobody answers in time, or answers so. */
export class ConversationError extends Error {
  override readonly name = 'ConversationError';
  readonly code: string;
  readonly local: string | null;

  constructor(code: string, local: string | null) {
    super(code);
    this.code = code;
    this.local = local;
  }
}

/** The system's code, or the words where there is none. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.message : String(error);
}
