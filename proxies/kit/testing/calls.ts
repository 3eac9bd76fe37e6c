/** Methods called through the channel between two processes. */
import type { ChildProcess } from 'node:child_process';

interface Call {
  readonly call: number;
  readonly method: string;
  readonly given: readonly unknown[];
}

type Returned =
  | { readonly call: number; readonly result: unknown }
  | { readonly call: number; readonly error: string };

/** What is passed must be JSON; `undefined` comes back as nothing. */
type Callable = Readonly<Record<string, (...given: never[]) => Promise<unknown>>>;

/** The methods of `T` that can be called from afar. */
type Remote<T> = {
  readonly [
    K in keyof T as T[K] extends (...given: never[]) => Promise<unknown>
      ? K extends string
        ? K
        : never
      : never
  ]: T[K];
};

/** Does what the parent process asks. */
export function serveCalls(target: object): void {
  // Only the parent has the other end, and calls what there is.
  const methods = target as Callable;
  process.on('message', (message) => {
    const { call, method, given } = message as Call;
    const tell = (returned: Returned) => process.send?.(returned, () => undefined);
    const run = async () => methods[method]?.(...(given as never[]));
    run().then(
      (result) => tell({ call, result }),
      (error: unknown) =>
        tell({
          call,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
    );
  });
}

/** The methods of what a child process serves. Each rejects when it has ended. */
export function callsTo<T>(
  child: ChildProcess,
  methods: readonly (keyof Remote<T> & string)[],
): Remote<T> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  let ended: string | undefined;
  const end = (reason: string) => {
    ended ??= reason;
    for (const { reject } of waiting.values()) reject(new Error(ended));
    waiting.clear();
  };
  child.once('error', ({ message }) => end(message));
  child.once('exit', (code, signal) => end(`ended with ${code ?? signal ?? 'nothing'}`));
  child.on('message', (message) => {
    const returned = message as Returned;
    const one = waiting.get(returned.call);
    waiting.delete(returned.call);
    if ('error' in returned) one?.reject(new Error(returned.error));
    else one?.resolve(returned.result);
  });
  const callOf =
    (method: string) =>
    (...given: readonly unknown[]) => {
      if (ended !== undefined) return Promise.reject(new Error(ended));
      const one = Promise.withResolvers<unknown>();
      const call = ++calls;
      waiting.set(call, one);
      child.send({ call, method, given } satisfies Call, (error) => {
        if (error) one.reject(error);
      });
      return one.promise;
    };
  // Each answers what the method of the same name returns.
  return Object.fromEntries(
    methods.map((method) => [method, callOf(method)]),
  ) as unknown as Remote<T>;
}
