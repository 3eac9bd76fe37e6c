/**
 * After `npm ci`: puts `hop` where npx looks, for npm links the commands of dependencies only. Without
 * it npx would ask the registry for a package of that name.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';

const directory = new URL('../node_modules/.bin/', import.meta.url);
const link = new URL('hop', directory);

mkdirSync(directory, { recursive: true });
rmSync(link, { force: true });
symlinkSync('../../tools/hop.js', link);
