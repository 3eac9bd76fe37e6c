/** The elements of a table’s sets and maps, from what `nft --json list table` prints. */
import * as z from 'zod';

const keySchema = z.union([
  z.object({ concat: z.array(z.union([z.string(), z.number()])) }),
  z.string(),
  z.number(),
]);
/** With a comment or a timeout, a key is wrapped. */
const elementSchema = z.union([
  z.object({ elem: z.object({ val: keySchema, comment: z.string().optional() }) }),
  keySchema,
]);
const collectionSchema = z.object({
  name: z.string(),
  // In a map, pairs of an element and what it leads to.
  elem: z.array(z.unknown()).optional(),
});
const listingSchema = z.object({
  nftables: z.array(
    z.object({ set: collectionSchema.optional(), map: collectionSchema.optional() }),
  ),
});

/**
 * The keys of each set and map, by its name, as nft writes them.
 *
 * @example readElements('{"nftables":[…]}').get('service-ips') // ['10.96.0.1 . tcp . 443']
 */
export function readElements(json: string): ReadonlyMap<string, readonly string[]> {
  const { nftables } = listingSchema.parse(JSON.parse(json));
  return new Map(
    nftables
      .flatMap(({ set, map }) => set ?? map ?? [])
      .map(({ name, elem = [] }) => [name, elem.flatMap(keyOf)]),
  );
}

/** Of what is no address, protocol and port, such as a range, nothing. */
function keyOf(written: unknown): string[] {
  const element = elementSchema.safeParse(isPair(written) ? written[0] : written);
  if (!element.success) return [];
  const { data } = element;
  const key = typeof data === 'object' && 'elem' in data ? data.elem.val : data;
  return [typeof key === 'object' ? key.concat.join(' . ') : String(key)];
}

function isPair(written: unknown): written is readonly unknown[] {
  return Array.isArray(written);
}
