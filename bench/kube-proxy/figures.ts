/** What one process measured: by the name of a figure, with its unit, all of its values. */
export type Figures = Readonly<Record<string, readonly number[]>>;
