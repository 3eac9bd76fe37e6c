/** By which annotation a Service of the lab picks its cloud: its `--provider-annotation`. */
export const providerAnnotation = 'hop-by-hop.dev/provider';
