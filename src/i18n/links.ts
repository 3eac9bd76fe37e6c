/** Addresses that stay in the language. */
import { type Locale } from './locales.ts';

/**
 * The address of a page in a language. Prose writes links without one, or with its own:
 * `/kubectl-proxy/#flags`, `/it/kubectl-proxy/#flags`.
 *
 * @example localizedPath('it', '/kubectl-proxy/#flags') // '/it/kubectl-proxy/#flags'
 * @example localizedPath('it', 'kubectl-proxy') // '/it/kubectl-proxy/'
 * @example localizedPath('it', '') // '/it/'
 */
export function localizedPath(locale: Locale, target: string): string {
  const [path = '', anchor] = target.split('#', 2);
  const slug = path.replace(/^\/|\/$/g, '').replace(new RegExp(`^${locale}(?:/|$)`), '');
  return `/${locale}/${slug === '' ? '' : `${slug}/`}${anchor === undefined ? '' : `#${anchor}`}`;
}

/** Whether a link of the prose points into the site: `/kubectl-proxy/`, not `//host`, not `https:`. */
export function isInternal(target: string): boolean {
  return /^\/(?!\/)/.test(target);
}
