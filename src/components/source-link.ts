/** How a source of a claim is named and linked. */
import type { Source } from '../../proxies/descriptor.ts';
import type { Translate } from '../i18n/messages.ts';

export interface SourceLink {
  readonly text: string;
  readonly href?: string;
}

export function sourceLink(source: Source, t: Translate): SourceLink {
  switch (source.kind) {
    case 'documentation':
      return { text: shortUrl(source.url), href: source.url };
    case 'source':
      return {
        text: `${source.repository}: ${lastSegment(source.path)}`,
        href: `https://github.com/${source.repository}/blob/${source.ref}/${source.path}`,
      };
    case 'issue':
      return {
        text: source.reference,
        href: `https://github.com/${source.reference.replace('#', '/issues/')}`,
      };
    case 'recorded':
      return { text: t('interface:claims.recordedCase', { id: source.case }) };
    case 'rfc':
      return {
        text: t('interface:claims.rfc', { number: source.number, section: source.section }),
        href: `https://www.rfc-editor.org/rfc/rfc${source.number}#section-${source.section}`,
      };
  }
}

/** @example shortUrl('https://kubernetes.io/docs/concepts/proxies/') // 'kubernetes.io: proxies' */
function shortUrl(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}: ${lastSegment(pathname)}`;
}

/** @example lastSegment('/docs/concepts/proxies/') // 'proxies' */
function lastSegment(path: string): string {
  return path.split('/').findLast((segment) => segment !== '') ?? path;
}
