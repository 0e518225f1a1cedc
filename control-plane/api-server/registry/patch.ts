import { badRequest } from '../../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { applyJsonPatch } from '../../../api/patch/json-patch.ts'
import { applyMergePatch } from '../../../api/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../../../api/patch/strategic-merge.ts'
import { asConversionError, undecodablePatch } from '../../../api/patch/patch-errors.ts'
import { goValue } from '../../../api/patch/go-value.ts'
import { isRecord } from '../../../api/schema/records.ts'
import { decodeObject } from './decode-object.ts'
import type { Registry } from './registry.ts'
import type { ObjectName, RequestContext } from './request-context.ts'
import type { StoredObject } from './stored-object.ts'
import { scaleOf, withScale } from './scale.ts'
import { update } from './update.ts'
import { Scale, type Scale as ScaleObject } from '../../../api/autoscaling/scale.ts'

export type PatchType = 'json' | 'merge' | 'strategic'

export interface PatchRequest extends ObjectName {
  readonly kind: Kind
  readonly subresource: string
  readonly type: PatchType
  /** Parsed JSON. */
  readonly body: unknown
  readonly context: RequestContext
}

/** Applies a patch to the newest object, again when somebody else was faster; a resourceVersion in the patch makes that a conflict. */
export function patch(registry: Registry, request: PatchRequest): Promise<StoredObject> {
  const { kind } = request
  const isScale = kind.subresources?.[request.subresource]?.type === 'scale'
  return update(registry, {
    ...request,
    preconditions: preconditionsOf(request),
    next: current =>
      isScale
        ? withScale(kind, current, decodePatched(Scale, patched(Scale, scaleOf(kind, current), request), request) as ScaleObject)
        : sameName(decodePatched(kind, patched(kind, current, request), request), current),
  })
}

/** What came out of a patch, as an object of the kind. */
function decodePatched(kind: Kind, json: unknown, { type, body, context }: PatchRequest): KubernetesObject {
  const refuse = (why: string) =>
    type === 'strategic' ? undecodablePatch(goValue(body), asConversionError(why)) : undecodablePatch(JSON.stringify(json), why)
  return decodeObject(kind, json, { ...context, refuse })
}

function patched(kind: Kind, current: KubernetesObject, { type, body }: PatchRequest): unknown {
  if (type === 'json') return applyJsonPatch(current, body)
  if (!isRecord(body)) throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}')
  return type === 'merge' ? applyMergePatch(current, body) : applyStrategicMergePatch(kind.schema, current, body)
}

function preconditionsOf({ type, body }: PatchRequest): { resourceVersion?: string; uid?: string } {
  if (type === 'json' || !isRecord(body) || !isRecord(body['metadata'])) return {}
  const { resourceVersion, uid } = body['metadata']
  return {
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    ...(typeof uid === 'string' ? { uid } : {}),
  }
}

function sameName(next: KubernetesObject, current: KubernetesObject): KubernetesObject {
  const { name, namespace } = current.metadata
  if (next.metadata.name !== name) {
    throw badRequest(`the name of the object (${next.metadata.name ?? ''}) does not match the name on the URL (${name})`)
  }
  if ((next.metadata.namespace ?? '') !== (namespace ?? '')) {
    throw badRequest(
      `the namespace of the object (${next.metadata.namespace ?? ''}) does not match the namespace on the URL (${namespace ?? ''})`,
    )
  }
  return next
}
