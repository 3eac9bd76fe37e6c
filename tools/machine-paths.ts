/** Finds what must never be published: where on this machine the site was built. */
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { extname, join } from 'node:path';

export interface MachinePath {
  /** Relative to the directory that was searched. */
  readonly file: string;
  readonly path: string;
}

const textTypes = new Set(['.html', '.js', '.css', '.json', '.xml', '.txt']);

/** Looks through the built files for the project's directory, the home directory and the lab's. */
export async function findMachinePaths(built: string, root: string): Promise<MachinePath[]> {
  const files = await readdir(built, { recursive: true });
  const found = files
    .filter((file) => textTypes.has(extname(file)))
    .map(async (file) => {
      const path = machinePath(await readFile(join(built, file), 'utf8'), root);
      return path === null ? [] : [{ file, path }];
    });
  return (await Promise.all(found)).flat();
}

/** The first path of this machine that a text tells; null if it tells none. */
function machinePath(text: string, root: string): string | null {
  const places = [root, homedir()].map((place) => place.replace(/\/+$/, ''));
  const starts = places.filter((place) => place !== '').map((place) => RegExp.escape(`${place}/`));
  // The lab's directory by its name, too: behind a link it has another path.
  const pattern = new RegExp(String.raw`(?:${[...starts, '/[^\\s"<]*\\.lab/'].join('|')})[^\s"<]*`);
  return pattern.exec(text)?.[0] ?? null;
}
