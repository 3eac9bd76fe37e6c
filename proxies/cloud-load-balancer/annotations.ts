/** What the annotations of a Service switch on. */
import type { AnnotationMark } from './profile.ts';
import type { Service } from './service.ts';

export function isMarked(mark: AnnotationMark | undefined, service: Service): boolean {
  const [value] = (mark?.keys ?? []).flatMap((key) => annotationOf(service, key) ?? []);
  return value !== undefined && (mark?.on.test(value) ?? false);
}

/** Whether the Service says anything there, on or off. */
export function isAnnotated({ keys }: AnnotationMark, service: Service): boolean {
  return keys.some((key) => annotationOf(service, key) !== null);
}

/** Null where it is absent or empty. */
export function annotationOf({ metadata }: Service, key: string): string | null {
  const value = metadata.annotations?.[key] ?? '';
  return value === '' ? null : value;
}
