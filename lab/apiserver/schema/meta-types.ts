import { declareTypes } from './declare.ts';

export const metaTypes = declareTypes(
  'io.k8s.apimachinery.pkg.apis.meta.v1',
  `
ObjectMeta : What every object has: its name, its labels, its history.
  annotations {string} #12 : Notes that tools attach; they cannot be selected by.
  creationTimestamp time #8 : When the object was created. Set by the server.
  deletionGracePeriodSeconds long #10 : How long the object may take to end. Set by the server.
  deletionTimestamp time #9 : When the object will be gone. Set by the server on deletion.
  finalizers [string] merge #14 : Who must agree before the object is removed.
  generateName string #2 : A prefix from which the server makes a unique name, if name is empty.
  generation long #7 : Counts the changes of the desired state. Set by the server.
  labels {string} #11 : Keys and values that selectors choose by.
  managedFields [ManagedFieldsEntry] : Who manages which fields.
  name string #1 : The name, unique among objects of its kind in its namespace.
  namespace string #3 : The namespace; empty for objects of the cluster.
  ownerReferences [OwnerReference] merge=uid #13 : The objects this one depends on.
  resourceVersion string #6 : The version of this state of the object, for watches and for safe updates.
  selfLink string #4 : No longer set.
  uid string #5 : Unique in time and space. Set by the server.
OwnerReference : An object that this one depends on.
  apiVersion! string #5
  blockOwnerDeletion bool #7
  controller bool #6
  kind! string #1
  name! string #3
  uid! string #4
ManagedFieldsEntry : The fields that one manager manages.
  apiVersion string
  fieldsType string
  fieldsV1 any
  manager string
  operation string
  subresource string
  time time
LabelSelector : Chooses objects by their labels; all requirements must hold.
  matchExpressions [LabelSelectorRequirement] #2 : Requirements of sets.
  matchLabels {string} #1 : Labels and the values they must have.
LabelSelectorRequirement : One requirement on one label.
  key! string #1 : The label's key.
  operator! string #2 : In, NotIn, Exists or DoesNotExist.
  values [string] #3 : The values, for In and NotIn.
Condition : One aspect of the state of an object.
  lastTransitionTime! time #4
  message! string #6
  observedGeneration long #3
  reason! string #5
  status! string #2
  type! string #1
ListMeta : What every list has.
  continue string
  remainingItemCount long
  resourceVersion string
  selfLink string
DeleteOptions : How to delete.
  apiVersion string
  dryRun [string] #5
  gracePeriodSeconds long #1
  ignoreStoreReadErrorWithClusterBreakingPotential bool
  kind string
  orphanDependents bool #3
  preconditions Preconditions #2
  propagationPolicy string #4
Preconditions : What must hold for a deletion.
  resourceVersion string #2
  uid string #1
`,
);
