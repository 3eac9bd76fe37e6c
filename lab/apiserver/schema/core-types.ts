/** What else the core group has. */
import { declareTypes } from './declare.ts';

export const coreTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Namespace : A scope for names.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec NamespaceSpec #2 : What is wanted of the namespace.
  status NamespaceStatus #3 : What was last seen of it.
ConfigMap : Settings, as keys and values.
  apiVersion string
  binaryData {bytes} #3 : Values that are not text, in base64.
  data {string} #2 : Values that are text.
  immutable bool #4 : Whether the data can no longer be changed.
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
Secret : Settings that not everybody may read.
  apiVersion string
  data {bytes} #2 : The values, in base64.
  immutable bool #5 : Whether the data can no longer be changed.
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  stringData {string} #4 : Values as text; written into data.
  type string #3 : What the keys mean.
ServiceAccount : An account for processes.
  apiVersion string
  automountServiceAccountToken bool #4
  imagePullSecrets [LocalObjectReference] #3
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  secrets [ObjectReference] merge=name #2
Event : Something that happened to an object.
  action string #12 : What was done.
  apiVersion string
  count int #8 : How often it happened.
  eventTime microTime #10 : When it was first seen.
  firstTimestamp time #6
  involvedObject! ObjectReference #2 : The object it happened to.
  kind string
  lastTimestamp time #7
  message string #4 : What happened.
  metadata! meta.ObjectMeta #1 : Name, labels, history.
  reason string #3 : Why, in one word.
  related ObjectReference #13
  reportingComponent string #14
  reportingInstance string #15
  series EventSeries #11
  source EventSource #5 : Who reports it.
  type string #9 : Normal or Warning.
Binding : Puts a pod on a node. Schedulers create it.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  target! ObjectReference #2 : The node.
NamespaceSpec : What is wanted of a namespace.
  finalizers [string] #1 : What must be done before the namespace is removed.
NamespaceStatus : What was last seen of a namespace.
  conditions [NamespaceCondition] merge=type #2
  phase string #1 : Active or Terminating.
EventSource : Who reports an event.
  component string #1
  host string #2 : The host; the pod itself unless told otherwise.
EventSeries : How often an event has happened since it was first seen.
  count int #1
  lastObservedTime microTime #2
NamespaceCondition : One aspect of the state of a namespace.
  lastTransitionTime time #4 : When the status changed last.
  message string #6
  reason string #5
  status! string #2
  type! string #1
`,
);
