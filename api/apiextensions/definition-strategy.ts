import { setCondition } from '../conditions.ts'
import type { KubernetesObject } from '../kind.ts'
import type { CustomResourceDefinition } from './custom-resource-definition.ts'

/** Keeps a definition until its instances are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

/** Upstream's SetDefaults_CustomResourceDefinitionSpec. */
export function defaultDefinition(definition: CustomResourceDefinition): CustomResourceDefinition {
  const { spec } = definition
  const { kind, singular, listKind } = spec.names
  const names = {
    ...spec.names,
    singular: singular || kind.toLowerCase(),
    ...(listKind || !kind ? {} : { listKind: `${kind}List` }),
  }
  return {
    ...definition,
    spec: { ...spec, names, conversion: spec.conversion?.strategy ? spec.conversion : { ...spec.conversion, strategy: 'None' } },
  }
}

/** The version that objects are stored in from now on is one of those that they may have been stored in. */
export function withStoredVersion(definition: CustomResourceDefinition): CustomResourceDefinition {
  const { spec, status } = definition
  const storage = spec.versions.find(version => version.storage)?.name
  if (storage === undefined || status.storedVersions.includes(storage)) return definition
  return { ...definition, status: { ...status, storedVersions: [...status.storedVersions, storage] } }
}

/** A definition that nobody has marked yet is kept by the finalizer that its deletion gives it. */
export const deletionBlockers = ({ metadata }: KubernetesObject): readonly string[] =>
  metadata.deletionTimestamp ? [] : [cleanupFinalizer]

/** Upstream's REST.Delete: the finalizer, and a condition that says what is going to happen. */
export function markedForDeletion(definition: CustomResourceDefinition): CustomResourceDefinition {
  const { metadata, status } = definition
  const { finalizers = [], deletionTimestamp = '' } = metadata
  if (finalizers.includes(cleanupFinalizer) || status.conditions?.some(({ type }) => type === 'Terminating')) return definition
  const terminating = {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  }
  return {
    ...definition,
    metadata: { ...metadata, finalizers: [...finalizers, cleanupFinalizer] },
    status: { ...status, conditions: setCondition(status.conditions, terminating, new Date(deletionTimestamp)) },
  }
}
