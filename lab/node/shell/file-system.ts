/** A container's files: in memory, of a limited size, and nothing of the host's. */

export type Entry = File | Directory;

export interface File {
  readonly kind: 'file';
  /** What it holds now: some files are made when they are read. */
  read(): Buffer;
  /** Absent: read-only. */
  write?(bytes: Buffer): void;
  readonly mode: number;
  readonly modifiedAt: Date;
}

export interface Directory {
  readonly kind: 'directory';
  readonly entries: Map<string, Entry>;
  readonly isReadOnly: boolean;
  readonly modifiedAt: Date;
}

/** An error of the system, in the words of `strerror`. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

export interface Limits {
  readonly bytes: number;
  readonly entries: number;
}

const defaultLimits: Limits = { bytes: 16 * 1024 * 1024, entries: 5000 };

export function directory(
  entries: Iterable<readonly [string, Entry]> = [],
  isReadOnly = false,
): Directory {
  return { kind: 'directory', entries: new Map(entries), isReadOnly, modifiedAt: new Date() };
}

/** A file that nobody can write. */
export function fixedFile(content: string | Buffer | (() => string), mode = 0o644): File {
  const read = typeof content === 'function' ? () => Buffer.from(content()) : () => bytes;
  const bytes = typeof content === 'function' ? Buffer.alloc(0) : Buffer.from(content);
  return { kind: 'file', read, mode, modifiedAt: new Date() };
}

export class FileSystem {
  readonly root: Directory;
  private readonly limits: Limits;

  constructor(root: Directory, limits: Limits = defaultLimits) {
    this.root = root;
    this.limits = limits;
  }

  /** What stands at an absolute path. */
  find(path: string): Entry | undefined {
    let here: Entry = this.root;
    for (const step of stepsOf(path)) {
      const next: Entry | undefined =
        here.kind === 'directory' ? here.entries.get(step) : undefined;
      if (!next) return undefined;
      here = next;
    }
    return here;
  }

  /** @throws FileError */
  read(path: string): Buffer {
    const entry = this.find(path);
    if (!entry) throw new FileError('No such file or directory');
    if (entry.kind === 'directory') throw new FileError('Is a directory');
    return entry.read();
  }

  /** @throws FileError */
  list(path: string): ReadonlyMap<string, Entry> {
    const entry = this.find(path);
    if (!entry) throw new FileError('No such file or directory');
    if (entry.kind === 'file') throw new FileError('Not a directory');
    return entry.entries;
  }

  /** Makes the file, or writes over it. @throws FileError */
  write(path: string, bytes: Buffer, mode = 0o644): void {
    const { parent, name, entry } = this.place(path);
    if (entry?.kind === 'directory') throw new FileError('Is a directory');
    const before = entry?.read().length ?? 0;
    if (entry?.write) {
      entry.write(bytes);
      return;
    }
    this.demandRoom(parent, bytes.length - before);
    parent.entries.set(name, memoryFile(bytes, entry?.mode ?? mode));
  }

  append(path: string, bytes: Buffer): void {
    const entry = this.find(path);
    const before = entry?.kind === 'file' ? entry.read() : Buffer.alloc(0);
    this.write(path, Buffer.concat([before, bytes]));
  }

  /** @throws FileError */
  makeDirectory(path: string, withParents = false): void {
    if (withParents) {
      const steps = stepsOf(path);
      steps.forEach((_, index) => {
        const part = `/${steps.slice(0, index + 1).join('/')}`;
        const found = this.find(part);
        if (found?.kind === 'file') throw new FileError('Not a directory');
        if (!found) this.makeDirectory(part);
      });
      return;
    }
    const { parent, name, entry } = this.place(path);
    if (entry) throw new FileError('File exists');
    this.demandRoom(parent, 0);
    parent.entries.set(name, directory());
  }

  /** @throws FileError */
  remove(path: string, isRecursive = false): void {
    const { parent, name, entry } = this.place(path);
    if (!entry) throw new FileError('No such file or directory');
    if (entry.kind === 'directory') {
      if (!isRecursive) throw new FileError('Is a directory');
      if (entry.isReadOnly) throw new FileError('Read-only file system');
    }
    if (parent.isReadOnly) throw new FileError('Read-only file system');
    parent.entries.delete(name);
  }

  /** Puts an entry at a path: a copy or a move shares what cannot change. @throws FileError */
  put(path: string, entry: Entry): void {
    const { parent, name } = this.place(path);
    this.demandRoom(parent, 0);
    parent.entries.set(name, entry);
  }

  private place(path: string): {
    readonly parent: Directory;
    readonly name: string;
    readonly entry: Entry | undefined;
  } {
    const steps = stepsOf(path);
    const name = steps.at(-1);
    if (name === undefined) throw new FileError('Is a directory');
    const parent = this.find(steps.slice(0, -1).join('/'));
    if (!parent) throw new FileError('No such file or directory');
    if (parent.kind === 'file') throw new FileError('Not a directory');
    return { parent, name, entry: parent.entries.get(name) };
  }

  private demandRoom(parent: Directory, moreBytes: number): void {
    if (parent.isReadOnly) throw new FileError('Read-only file system');
    const used = measure(this.root);
    const isFull =
      used.bytes + moreBytes > this.limits.bytes || used.entries >= this.limits.entries;
    if (isFull) throw new FileError('No space left on device');
  }
}

export function memoryFile(bytes: Buffer, mode: number): File {
  return { kind: 'file', read: () => bytes, mode, modifiedAt: new Date() };
}

/** A path made absolute, without `.` and `..`. */
export function absolute(path: string, from: string): string {
  const steps: string[] = [];
  for (const step of stepsOf(path.startsWith('/') ? path : `${from}/${path}`)) {
    if (step === '..') steps.pop();
    else if (step !== '.') steps.push(step);
  }
  return `/${steps.join('/')}`;
}

function stepsOf(path: string): readonly string[] {
  return path.split('/').filter((step) => step !== '');
}

function measure(entry: Entry): { bytes: number; entries: number } {
  if (entry.kind === 'file') return { bytes: entry.read().length, entries: 1 };
  const sum = { bytes: 0, entries: 1 };
  for (const inner of entry.entries.values()) {
    const { bytes, entries } = measure(inner);
    sum.bytes += bytes;
    sum.entries += entries;
  }
  return sum;
}
