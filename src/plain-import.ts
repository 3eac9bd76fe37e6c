/** Lets `import()` in the browser be just that. */
import type { AstroUserConfig } from 'astro';

type VitePlugin = NonNullable<NonNullable<AstroUserConfig['vite']>['plugins']>[number];

/** The module that Vite puts around each `import()`, to fetch what it imports in turn beforehand. */
const preloadHelper = '\0vite/preload-helper.js';

/** The list of those modules, and where it is handed to the helper. */
const dependencyList = /^const __vite__mapDeps=.*\n|,__vite__mapDeps\(\[[\d,]*\]\)/gm;

/** Our chunks import next to nothing: helper and list weigh more than what they would save. */
export function plainImport(): VitePlugin[] {
  return [
    {
      name: 'plain-import',
      enforce: 'pre',
      load: (id) =>
        id === preloadHelper ? 'export const __vitePreload = (load) => load();' : null,
    },
    {
      name: 'plain-import-list',
      enforce: 'post',
      generateBundle: {
        order: 'post',
        handler: (_, bundle) => {
          for (const chunk of Object.values(bundle)) {
            if (chunk.type === 'chunk') chunk.code = chunk.code.replaceAll(dependencyList, '');
          }
        },
      },
    },
  ];
}
