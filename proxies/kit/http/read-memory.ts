/**
 * The memory one upstream connection reads into. There is room before the bytes, so that a new head
 * and a chunk size can be put in front of a body without copying it, and after them, for its end.
 */
export const headroomBytes = 1024;
/** The largest TLS record: a decrypting read never yields more. */
export const readBytes = 16_384;
/** What a connection that mostly waits reads into. */
export const idleBytes = 1024;
const tailroomBytes = 16;

export function newReadMemory(sizeBytes = readBytes): Buffer {
  return Buffer.allocUnsafeSlow(headroomBytes + sizeBytes + tailroomBytes);
}

/** The part of the memory that is read into. */
export function readableWindow(memory: Buffer): Buffer {
  return memory.subarray(headroomBytes, memory.length - tailroomBytes);
}
