/** How commands reach nftables: the kernel's, or a fake of the same shape. */

export interface NftConnection extends AsyncDisposable {
  /**
   * Runs commands of the nft language, one a line, in one transaction: all of them, or none.
   *
   * @returns what nft printed: nothing, but for `list`
   * @throws {NftError} with nft's words
   */
  run(text: string, options?: NftRunOptions): Promise<string>;
}

export interface NftRunOptions {
  /** `list` prints JSON, as `nft --json` does. */
  readonly json?: boolean;
  /** `list` leaves the elements of sets and maps out, as `nft --terse` does. */
  readonly terse?: boolean;
}

/** nft, or the kernel, refused a transaction: nothing of it is there. */
export class NftError extends Error {
  override readonly name = 'NftError';
}

/** The table, or what else was named, is not there. */
export function isMissing(error: NftError): boolean {
  return error.message.includes('No such file or directory');
}
