import { ApiError, apiError, badRequest, invalid } from '../../../api/errors.ts'
import { fieldForbidden, fieldRequired } from '../../../api/schema/field-error.ts'
import { apply } from '../registry/apply.ts'
import { patch as patchObject, type PatchType } from '../registry/patch.ts'
import type { RequestContext } from '../registry/request-context.ts'
import { scaledObject } from '../registry/scale.ts'
import { answerObject, answerScale } from './answer.ts'
import { contextOf, type ApiRequest, type Handler } from './api-request.ts'
import { mediaTypeOf, readBody } from './body.ts'
import type { ReadYaml } from './yaml-reader.ts'
import { repetitionError } from './yaml-repetitions.ts'
import type { YamlText } from './yaml-text.ts'
import { DecodeError } from '../../../api/schema/decode-error.ts'
import { parseJson } from '../../../api/schema/json-text.ts'

const types: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
}

/** Custom resources have no types that say how lists are merged. */
const notMergeable = () =>
  apiError(
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    {},
  )

const applyType = 'application/apply-patch+yaml'
const patchOptions = { group: 'meta.k8s.io', kind: 'PatchOptions' }

export const patch: Handler = async request => {
  const { kind, target, registry, subresource } = request
  const mediaType = mediaTypeOf(request.request)
  if (mediaType === applyType) return applyPatch(request)
  const type = types[mediaType]
  if (!type) throw apiError('UnsupportedMediaType', '415: Unsupported Media Type', {})
  if (type === 'strategic' && kind.untyped) throw notMergeable()
  if (request.info.query.has('force'))
    throw invalid(patchOptions, '', [fieldForbidden('force', 'may not be specified for non-apply patch')])
  const body = readPatch(await readBody(request.request))
  request.audit?.bringsPatch(body)
  const { namespace, name } = target
  const context = contextOf(request)
  const stored = await patchObject(registry, { kind, namespace, name, subresource: target.subresource, type, body, context })
  if (subresource?.type === 'scale') await answerScale(request, stored)
  else await answerObject(request, stored)
}

function readPatch(body: Buffer): unknown {
  try {
    return parseJson(body.toString('utf8'))
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`error decoding patch: ${error.message}`)
    throw error
  }
}

/** Server-side apply, of the object or of what a subresource shows of it. */
async function applyPatch(request: ApiRequest): Promise<void> {
  const { kind, target, registry, subresource, info } = request
  const { namespace, name } = target
  if (!info.query.get('fieldManager')) throw invalid(patchOptions, '', [fieldRequired('fieldManager', 'is required for apply patch')])
  const { value: yaml, repeated } = await readYamlPatch(await readBody(request.request), request.readYaml)
  request.audit?.bringsPatch(yaml)
  const context = contextOf(request)
  reportRepeated(repeated, context)
  const isScale = subresource?.type === 'scale'
  const { stored, created } = await apply(registry, {
    kind,
    namespace,
    name,
    subresource: target.subresource,
    body: isScale ? scaledObject(kind, yaml) : yaml,
    force: ['true', '1'].includes(info.query.get('force') ?? ''),
    context,
  })
  if (isScale) await answerScale(request, stored)
  else await answerObject(request, stored, created ? 201 : 200)
}

/** Of keys that stand twice, as the client asked (upstream's applyPatcher). */
function reportRepeated(repeated: readonly string[], { fieldValidation, warn }: RequestContext): void {
  if (repeated.length === 0 || fieldValidation === 'Ignore') return
  const why = `error converting YAML to JSON: ${repetitionError(repeated)}`
  if (fieldValidation === 'Strict') throw badRequest(`error strict decoding YAML: ${why}`)
  warn(why)
}

async function readYamlPatch(body: Buffer, readYaml: ReadYaml): Promise<YamlText> {
  try {
    return await readYaml(body.toString('utf8'))
  } catch (error) {
    if (error instanceof ApiError) throw error
    const why = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${why}`)
  }
}
