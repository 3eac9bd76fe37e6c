/** Where the site is served, and where its source is edited. */

/** Absolute links (canonical, hreflang, sitemap) start here; set `SITE_URL` when you deploy. */
export const siteUrl = process.env.SITE_URL ?? 'http://localhost:4321';

/**
 * The address of a file's editor, with `{path}` where the path goes. Set `EDIT_URL` when you deploy;
 * without it the page names the file.
 */
export const editUrl = process.env.EDIT_URL;
