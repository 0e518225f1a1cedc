import { randomUUID } from 'node:crypto'
import type { WebhookConversion, KubernetesObject } from '../../../api/kind.ts'
import { isRecord } from '../../../api/schema/records.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { Converter } from '../interfaces.ts'
import { differenceOf, withOriginalMetadata } from './converted-object.ts'
import { conversionFailed, convertedObjects, reviewOf } from './review.ts'

/** Seconds that upstream waits for a conversion. */
const timeoutSeconds = 30
/** Objects that one request to a webhook carries; a list that is longer takes several. */
const mostAtOnce = 500

interface Options {
  /** The parsed body of the answer; rejects with Go's sentence when there is none. */
  readonly call: (call: { clientConfig: WebhookConversion['clientConfig']; timeoutSeconds: number; body: object }) => Promise<unknown>
}

/** Converts custom resources by the webhooks of their definitions; upstream's webhookConverter. */
export function createConverter({ call }: Options): Converter {
  const convertBatch = async (conversion: WebhookConversion, objects: readonly KubernetesObject[], apiVersion: string) => {
    const uid = randomUUID()
    const { kind = '', apiVersion: from = '' } = objects[0] ?? {}
    const failed = (error: unknown) => conversionFailed(`conversion webhook for ${from}, Kind=${kind} failed: ${messageOf(error)}`)
    const returned = await ask(uid).catch((error: unknown) => {
      throw failed(error)
    })
    const checks = { subject: `conversion webhook for ${from}, Kind=${kind}`, apiVersion, single: objects.length === 1 }
    if (returned.length !== objects.length)
      throw conversionFailed(`${checks.subject} returned ${returned.length} objects, expected ${objects.length}`)
    return objects.map((original, index) => accepted(original, returned[index], { ...checks, index }))

    async function ask(uid: string): Promise<readonly unknown[]> {
      const body = reviewOf({ objects, apiVersion, uid }, conversion.reviewVersions)
      const answer = await call({ clientConfig: conversion.clientConfig, timeoutSeconds, body })
      return convertedObjects(answer, { uid, version: String(body['apiVersion']) })
    }
  }
  return {
    async convert(conversion, objects, apiVersion) {
      const converted: KubernetesObject[] = []
      for (let at = 0; at < objects.length; at += mostAtOnce)
        converted.push(...(await convertBatch(conversion, objects.slice(at, at + mostAtOnce), apiVersion)))
      return converted
    },
  }
}

interface Checks {
  readonly subject: string
  readonly apiVersion: string
  readonly index: number
  /** Upstream words what is wrong with an object alone otherwise than with one of several. */
  readonly single: boolean
}

/** What came back for an object, if it is the same object in the version that was asked for. */
function accepted(original: KubernetesObject, returned: unknown, { subject, apiVersion, index, single }: Checks): KubernetesObject {
  const refuse = (what: string, why: string) => conversionFailed(`${subject} returned invalid ${what}: ${why}`)
  const one = single ? 'object at index 0' : `converted object at index ${index}`
  if (!isRecord(returned)) throw refuse(one, "Object 'Kind' is missing in 'null'")
  const { apiVersion: version = '', kind = '' } = returned
  if (version !== apiVersion) throw refuse(one, `invalid groupVersion (expected ${apiVersion}, received ${String(version)})`)
  if (kind !== original.kind) throw refuse(one, `invalid kind (expected ${original.kind}, received ${String(kind)})`)
  const difference = differenceOf(original, returned)
  if (difference) throw refuse(single ? 'object' : one, difference)
  try {
    return withOriginalMetadata(original, returned)
  } catch (error) {
    throw refuse(single ? 'metadata' : `metadata in object at index ${index}`, messageOf(error))
  }
}
