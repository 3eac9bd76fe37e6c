/** JSON as it is read and written. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A field that is `undefined` is absent. */
export interface JsonObject {
  readonly [field: string]: Json | undefined;
}
