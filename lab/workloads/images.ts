/** The images of the lab: what can be named in a container's `image`, and the program behind it. */
import type { StartWorkload } from './workload.ts';

export interface Image {
  /** What it answers, in a line. */
  readonly description: string;
  /** Loads the program when it is first run: a node holds only what it runs. */
  readonly start: StartWorkload;
}

/** Where the images of the lab would be pulled from. */
export const registry = 'registry.example/hop-by-hop';

/** By the name that follows the registry. */
export const images: ReadonlyMap<string, Image> = new Map([
  image(
    'echo',
    'HTTP: shows the request that reached it, as JSON or text',
    () => import('./echo.ts'),
  ),
  image('exit', 'Ends after a time with an exit code, like a job', () => import('./exit.ts')),
  image('pause', 'Does nothing until it is told to end', () => import('./pause.ts')),
]);

/**
 * The program of an image reference, whatever its tag or digest; undefined where nobody could pull it.
 *
 * @example findImage('registry.example/hop-by-hop/echo:1.4.0') // starts `echo`
 * @example findImage('nginx:1.29') // undefined
 */
export function findImage(reference: string): StartWorkload | undefined {
  const [, name = ''] = referenceFormat.exec(reference) ?? [];
  return images.get(name)?.start;
}

/** `registry.example/hop-by-hop/<name>[:tag][@digest]` */
const referenceFormat = new RegExp(
  `^${registry.replaceAll('.', '\\.')}/([a-z0-9-]+)(?::[\\w][\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

function image(
  name: string,
  description: string,
  load: () => Promise<{ readonly start: StartWorkload }>,
): readonly [string, Image] {
  const start: StartWorkload = async (context) => (await load()).start(context);
  return [name, { description, start }];
}
