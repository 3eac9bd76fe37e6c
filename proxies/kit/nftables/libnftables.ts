/** The functions of libnftables that we call, through koffi. */

/** `struct nft_ctx *`; never looked into. */
declare const context: unique symbol;
export interface Context {
  readonly [context]: true;
}

export interface Libnftables {
  newContext(): Context;
  free(context: Context): void;
  setOutput(context: Context, flags: number): void;
  /** In a thread; of one context never two at once. */
  runFile(context: Context, path: string): Promise<number>;
  /** What the last run printed. */
  takeOutput(context: Context): string;
  takeError(context: Context): string;
}

const soname = 'libnftables.so.1';

let loaded: Promise<Libnftables> | undefined;

/**
 * The same each time; the library is loaded with the first.
 *
 * @throws Error with the name of the package, where there is no library
 */
export function loadLibnftables(): Promise<Libnftables> {
  return (loaded ??= load());
}

async function load(): Promise<Libnftables> {
  const { default: koffi } = await import('koffi');
  const lib = open(() => koffi.load(soname));
  const create: (flags: number) => Context = lib.func('void *nft_ctx_new(uint32_t flags)');
  const bufferOutput = lib.func('int nft_ctx_buffer_output(void *context)');
  const bufferError = lib.func('int nft_ctx_buffer_error(void *context)');
  const runFile = lib.func('int nft_run_cmd_from_filename(void *context, const char *path)');
  return {
    newContext: () => {
      const context = create(0);
      bufferOutput(context);
      bufferError(context);
      return context;
    },
    free: lib.func('void nft_ctx_free(void *context)'),
    setOutput: lib.func('void nft_ctx_output_set_flags(void *context, unsigned int flags)'),
    runFile: (context, path) =>
      new Promise((resolve, reject) => {
        runFile.async(context, path, (error: Error | null, status: number) => {
          if (error) reject(error);
          else resolve(status);
        });
      }),
    takeOutput: lib.func('const char *nft_ctx_get_output_buffer(void *context)'),
    takeError: lib.func('const char *nft_ctx_get_error_buffer(void *context)'),
  };
}

function open<Library>(load: () => Library): Library {
  try {
    return load();
  } catch (cause) {
    throw new Error(
      `nftables: ${soname} is not on this machine: install libnftables1 (Debian, Ubuntu) or nftables (Fedora, Arch, Alpine)`,
      { cause },
    );
  }
}
