/** For tests: waiting until something is so, by looking whenever something has happened. */

export interface News {
  /** Something has happened. */
  tell(): void;
  /** Resolves when it is so; looks at once, and then whenever something has happened. */
  until(isSo: () => boolean): Promise<void>;
}

export function createNews(): News {
  const waiting = new Set<() => void>();
  return {
    tell: () => {
      for (const look of waiting) look();
    },
    until: async (isSo) => {
      if (isSo()) return;
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      const look = () => {
        try {
          if (isSo()) resolve(undefined);
        } catch (error) {
          reject(error);
        }
      };
      waiting.add(look);
      await promise.finally(() => waiting.delete(look));
    },
  };
}
