/** What keeps a Service from going before its load balancer (cloud-provider, service/helpers/helper.go). */
export const finalizer = 'service.kubernetes.io/load-balancer-cleanup';
