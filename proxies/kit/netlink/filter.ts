/** Programs of the classic packet filter (`linux/filter.h`), which the kernel runs over each message. */
import { endianness } from 'node:os';

export type Instruction = readonly [
  code: number,
  jumpTrue: number,
  jumpFalse: number,
  value: number,
];

/** Names after those of the C macros. */
export const codes = {
  loadByte: 0x30,
  loadWord: 0x20,
  loadWordAtIndex: 0x40,
  loadImmediate: 0x00,
  loadIndexImmediate: 0x01,
  toIndex: 0x07,
  jumpIfEqual: 0x15,
  jumpIfSet: 0x45,
  return: 0x06,
} as const;

/** `SKF_AD_OFF + SKF_AD_NLATTR`: where the attribute is whose type is in the index; 0 if nowhere. */
export const findAttribute = 0xffff_f000 + 12;
export const accept: Instruction = [codes.return, 0, 0, 0xffff_ffff];
export const refuse: Instruction = [codes.return, 0, 0, 0];

/** `struct sock_filter` of each. */
export function assemble(instructions: readonly Instruction[]): Buffer {
  return Buffer.concat(
    instructions.map(([code, jumpTrue, jumpFalse, value]) => {
      const bytes = Buffer.alloc(8);
      const isLittle = endianness() === 'LE';
      if (isLittle) bytes.writeUInt16LE(code, 0);
      else bytes.writeUInt16BE(code, 0);
      bytes.writeUInt8(jumpTrue, 2);
      bytes.writeUInt8(jumpFalse, 3);
      if (isLittle) bytes.writeUInt32LE(value, 4);
      else bytes.writeUInt32BE(value, 4);
      return bytes;
    }),
  );
}

/** A number of the machine's byte order as a program loads it: in the network's. */
export function asLoaded(value: number): number {
  const bytes = Buffer.alloc(4);
  if (endianness() === 'LE') bytes.writeUInt32LE(value, 0);
  else bytes.writeUInt32BE(value, 0);
  return bytes.readUInt32BE(0);
}
