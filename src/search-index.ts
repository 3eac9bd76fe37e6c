/** Builds the search index, one per language, from the finished pages. */
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { close, createIndex } from 'pagefind';

/** Only what is marked `data-pagefind-body` is indexed; accents are folded, exact matches come first. */
export function searchIndex(): AstroIntegration {
  return {
    name: 'search-index',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        const site = fileURLToPath(dir);
        const { index, errors } = await createIndex();
        if (!index) throw new Error(`no search index: ${errors.join('; ')}`);
        try {
          const added = await index.addDirectory({ path: site });
          const written = await index.writeFiles({ outputPath: `${site}pagefind` });
          const problems = [...added.errors, ...written.errors];
          if (problems.length > 0) throw new Error(`no search index: ${problems.join('; ')}`);
          logger.info(`${added.page_count} pages indexed`);
        } finally {
          await close();
        }
      },
    },
  };
}
