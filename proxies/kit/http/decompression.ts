/** Decodes the gzip that the proxy asked for itself, as fast as it comes. */
import { constants, createGunzip } from 'node:zlib';

export interface Decompression {
  /** Takes compressed bytes (copied); returns false when `onDrain` should be awaited. */
  write(data: Buffer): boolean;
  /** All compressed bytes are there. */
  end(): void;
  pause(): void;
  resume(): void;
  destroy(): void;
}

export interface DecompressionEvents {
  readonly onData: (data: Buffer) => void;
  readonly onEnd: () => void;
  readonly onDrain: () => void;
  readonly onError: (error: Error) => void;
}

export function createDecompression(events: DecompressionEvents): Decompression {
  const gunzip = createGunzip({ flush: constants.Z_SYNC_FLUSH });
  gunzip.on('data', events.onData);
  gunzip.on('end', events.onEnd);
  gunzip.on('drain', events.onDrain);
  gunzip.on('error', events.onError);
  return {
    write: (data) => gunzip.write(Buffer.from(data)),
    end: () => gunzip.end(),
    pause: () => gunzip.pause(),
    resume: () => gunzip.resume(),
    destroy: () => {
      gunzip.removeAllListeners('error').on('error', () => undefined);
      gunzip.destroy();
    },
  };
}
