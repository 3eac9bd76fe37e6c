/** The lock file: for each translated section and message, the English it was made from. */
import * as z from 'zod';

const hashesSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{16}$/));

export const translationsLockSchema = z.record(
  z.string(),
  z.strictObject({
    /** By slug, then anchor. */
    pages: z.record(z.string(), hashesSchema),
    /** By namespace, then key. */
    messages: z.record(z.string(), hashesSchema),
  }),
);

/** By locale, as its folder under `content/docs` is called. */
export type TranslationsLock = z.infer<typeof translationsLockSchema>;

/**
 * Reads the text of `content/translations.lock.json`.
 *
 * @throws SyntaxError or z.ZodError: the file was edited by hand; `hop translate stamp` writes it.
 */
export function parseLock(json: string): TranslationsLock {
  return translationsLockSchema.parse(JSON.parse(json));
}
