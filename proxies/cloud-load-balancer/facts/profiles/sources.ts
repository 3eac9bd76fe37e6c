/** Where the profiles have their facts from. */
export const specification = {
  kind: 'documentation',
  url: 'https://kubernetes.io/docs/concepts/services-networking/service/',
} as const;
