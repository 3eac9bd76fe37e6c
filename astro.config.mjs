import mdx from '@astrojs/mdx';
import { satteri } from '@astrojs/markdown-satteri';
import { defineConfig } from 'astro/config';
import { plainImport } from './src/plain-import.ts';
import { searchIndex } from './src/search-index.ts';
import { liveInDevelopment } from './src/server/dev.ts';
import { siteUrl } from './src/site.ts';
import { sitemap } from './src/sitemap.ts';
import { tightPages } from './src/tighten.ts';

export default defineConfig({
  site: siteUrl,
  output: 'static',
  trailingSlash: 'always',
  // The default eats the space between inline tags on separate lines.
  compressHTML: true,
  // One stylesheet and one script as files: the content security policy allows nothing inline.
  build: { inlineStylesheets: 'never' },
  vite: { build: { assetsInlineLimit: 0 }, plugins: [plainImport()] },
  devToolbar: { enabled: false },
  markdown: {
    syntaxHighlight: false,
    processor: satteri({ features: { headingAttributes: true } }),
  },
  integrations: [mdx(), sitemap(), tightPages(), searchIndex(), liveInDevelopment()],
});
