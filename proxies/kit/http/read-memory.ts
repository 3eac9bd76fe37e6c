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

/** Memory that came back, for the next who needs some: a stream would otherwise leave it to the collector. */
const spare: Buffer[] = [];
const maximumSpare = 64;

export function takeReadMemory(): Buffer {
  return spare.pop() ?? newReadMemory();
}

/** Nobody looks at these bytes any more. */
export function giveBackReadMemory(memory: Buffer): void {
  const isUsual = memory.length === headroomBytes + readBytes + tailroomBytes;
  if (isUsual && spare.length < maximumSpare) spare.push(memory);
}

/** The part of the memory that is read into. */
export function readableWindow(memory: Buffer): Buffer {
  return memory.subarray(headroomBytes, memory.length - tailroomBytes);
}
