/** The sitemap: real translations only, each with its alternates. */
import astroSitemap from '@astrojs/sitemap';
import type { AstroIntegration } from 'astro';
import { pageState } from './i18n/freshness.ts';
import { isLocale, locales, sourceLocale } from './i18n/locales.ts';

export function sitemap(): AstroIntegration {
  return astroSitemap({
    filter: (page) => {
      const [locale, ...slug] = new URL(page).pathname.split('/').filter(Boolean);
      return (
        locale !== undefined && isLocale(locale) && pageState(locale, slug.join('/')) !== 'missing'
      );
    },
    i18n: { defaultLocale: sourceLocale, locales },
    serialize: (item) => {
      const source = item.links?.find((link) => link.lang === locales[sourceLocale]);
      return source && item.links
        ? { ...item, links: [...item.links, { ...source, lang: 'x-default' }] }
        : item;
    },
  });
}
