/** A line of the report: its median is what counts. */
export interface Figure {
  readonly what: string;
  readonly unit: 'ms' | 'MB';
  readonly values: readonly number[];
}
