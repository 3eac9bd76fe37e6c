/** Lets `import()` in the browser be just that. */
import type { AstroUserConfig } from 'astro';

type VitePlugin = NonNullable<NonNullable<AstroUserConfig['vite']>['plugins']>[number];

/** The module that Vite puts around each `import()`, to fetch what it imports in turn beforehand. */
const preloadHelper = '\0vite/preload-helper.js';

/** Our chunks import next to nothing: the helper weighs more than what it would save. */
export function plainImport(): VitePlugin {
  return {
    name: 'plain-import',
    enforce: 'pre',
    load: (id) => (id === preloadHelper ? 'export const __vitePreload = (load) => load();' : null),
  };
}
