/** Where cells of a profile are from, as links. */
import type { Source } from '../../descriptor.ts';
import type { ProviderProfile } from '../profile.ts';

/** The sources of these cells, each once. */
export function linksOf(
  profile: ProviderProfile,
  ...names: readonly (keyof ProviderProfile)[]
): readonly string[] {
  const sources = names.flatMap((name) => {
    const cell = profile[name];
    return typeof cell === 'object' && cell !== null ? cell.sources : [];
  });
  return urlsOf(sources);
}

export function urlsOf(sources: readonly Source[]): readonly string[] {
  return [...new Set(sources.flatMap(urlOf))];
}

function urlOf(source: Source): readonly string[] {
  switch (source.kind) {
    case 'documentation':
      return [source.url];
    case 'source':
      return [`https://github.com/${source.repository}/blob/${source.ref}/${source.path}`];
    case 'issue':
      return [`https://github.com/${source.reference.replace('#', '/issues/')}`];
    default:
      return [];
  }
}
