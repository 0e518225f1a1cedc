import { badRequest, invalid } from '../../../api/errors.ts'
import { DeleteOptions as Schema } from '../../../api/meta.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { decode } from '../../../api/schema/decode.ts'
import { DecodeError } from '../../../api/schema/decode-error.ts'
import { fieldNotSupported } from '../../../api/schema/field-error.ts'
import { isRecord } from '../../../api/schema/records.ts'
import type { DeleteOptions } from '../registry/delete.ts'
import { policyOf } from '../registry/deletion-plan.ts'
import { contextOf, type ApiRequest } from './api-request.ts'
import { mediaTypeOf, parseBody, readBody } from './body.ts'
import { integerOf, isTrue } from './request-info.ts'
import type { RequestContext } from '../registry/request-context.ts'

interface Deletion {
  readonly options: DeleteOptions
  readonly context: RequestContext
}

/** Reads the options, and warns where they leave it to the kind what happens to dependents. */
export async function readDeletion(request: ApiRequest): Promise<Deletion> {
  const deletion = await readRequest(request)
  const { orphansDependents } = request.kind
  if (orphansDependents && policyOf(deletion.options) === undefined) deletion.context.warn(orphansDependents)
  return deletion
}

/** From the body when there is one, else from the query, as upstream reads them. */
async function readRequest(request: ApiRequest): Promise<Deletion> {
  const body = await readBody(request.request)
  const context = contextOf(request)
  if (body.length === 0) return { options: fromQuery(request.info.query), context }
  const { readYaml } = request
  const { json } = await parseBody(body, mediaTypeOf(request.request), { expected: { kind: 'DeleteOptions' }, readYaml })
  const { dryRun = [], ...options } = decoded(json)
  request.audit?.brings(json as KubernetesObject)
  if (dryRun.some(value => value !== 'All')) {
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [fieldNotSupported('dryRun', dryRun, ['All'])])
  }
  return { options, context: { ...context, dryRun: context.dryRun || dryRun.length > 0 } }
}

function decoded(json: unknown): DeleteOptions & { dryRun?: readonly string[] } {
  if (!isRecord(json)) throw badRequest('the object provided is unrecognized (must be of type DeleteOptions)')
  try {
    const { gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions, dryRun } = decode(Schema, json).value
    return {
      ...(isSet(json, 'gracePeriodSeconds') ? { gracePeriodSeconds: gracePeriodSeconds ?? 0 } : {}),
      ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
      ...(isSet(json, 'orphanDependents') ? { orphanDependents: orphanDependents ?? false } : {}),
      ...(preconditions === undefined ? {} : { preconditions }),
      ...(dryRun === undefined ? {} : { dryRun }),
    }
  } catch (error) {
    if (error instanceof DecodeError)
      throw badRequest(`DeleteOptions in version "v1" cannot be handled as a DeleteOptions: ${error.message}`)
    throw error
  }
}

/** Zero is a value of its own here. */
const isSet = (json: Record<string, unknown>, name: string): boolean => json[name] !== undefined && json[name] !== null

function fromQuery(query: URLSearchParams): DeleteOptions {
  const gracePeriodSeconds = integerOf(query, 'gracePeriodSeconds')
  const propagationPolicy = query.get('propagationPolicy')
  const orphanDependents = query.get('orphanDependents')
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy ? { propagationPolicy } : {}),
    ...(orphanDependents === null ? {} : { orphanDependents: isTrue(orphanDependents) }),
  }
}
