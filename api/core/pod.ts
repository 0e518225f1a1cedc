import { PodSpec } from './pod-spec.ts'
import { PodStatus } from './pod-status.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, stored, string } from '../schema/schema.ts'

export const PodSchema = message('io.k8s.api.core.v1.Pod', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, PodSpec, ''),
  status: embedded(3, PodStatus, ''),
})
