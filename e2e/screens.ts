/** The two sizes of screen that the site is looked at on. */
export const desk = { width: 1440, height: 900 } as const;
export const phone = { width: 390, height: 844 } as const;
