import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import * as z from 'zod';

/** Prose: `<locale>/<slug>`, the same slugs in every locale. */
const docs = defineCollection({
  loader: glob({
    base: './content/docs',
    pattern: '**/*.mdx',
    generateId: ({ entry }) => entry.replace(/\.mdx$/, ''),
  }),
  schema: z.strictObject({
    title: z.string(),
    /** One sentence: for search engines, search results and the home page. */
    description: z.string(),
  }),
});

export const collections = { docs };
