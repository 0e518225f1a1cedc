import { parse } from 'yaml'
import { decode } from '../../../api/schema/decode.ts'
import { isRecord } from '../../../api/schema/records.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { SchedulerConfiguration } from './configuration.ts'
import { readArgs } from './defaults.ts'
import { profileOf } from './profile-of.ts'
import { KubeSchedulerConfiguration, type Args } from './schema.ts'
import { configurationErrors } from './validation.ts'

const version = 'kubescheduler.config.k8s.io/v1'
const kind = 'KubeSchedulerConfiguration'

/** About the program that upstream's scheduler is; here it is a part of another one. */
const withoutEffect = [
  'parallelism',
  'leaderElection',
  'clientConnection',
  'enableProfiling',
  'enableContentionProfiling',
  'delayCacheUntilActive',
] as const

export interface ReadConfiguration {
  readonly configuration: SchedulerConfiguration
  /** What the text says and nobody follows. */
  readonly ignored: readonly string[]
}

/**
 * A KubeSchedulerConfiguration as a YAML or JSON text, with upstream's defaults. Throws an Error that says in upstream's
 * words what is wrong: every field that is unknown or not valid, and plugins that do not exist or cannot work where they should.
 */
export function readConfiguration(text: string): ReadConfiguration {
  const given = decoded(text)
  const { profiles = [] } = given
  const configuration: KubeSchedulerConfiguration = {
    parallelism: 16,
    percentageOfNodesToScore: 0,
    podInitialBackoffSeconds: 1,
    podMaxBackoffSeconds: 10,
    ...given,
    // Only one that is alone has a name by default.
    profiles: profiles.length > 1 ? profiles : [{ schedulerName: 'default-scheduler', ...profiles[0] }],
  }
  const args = (configuration.profiles ?? []).map(readArgs)
  const errors = configurationErrors(configuration, args).map(({ field, message }) => `${field}: ${message}`)
  if (errors.length > 0) throw new Error(errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`)
  return {
    configuration: {
      profiles: profilesOf(configuration, args),
      podInitialBackoffSeconds: configuration.podInitialBackoffSeconds ?? 1,
      podMaxBackoffSeconds: configuration.podMaxBackoffSeconds ?? 10,
    },
    ignored: withoutEffect.filter(field => given[field] !== undefined),
  }
}

function decoded(text: string): KubeSchedulerConfiguration {
  const json: unknown = parse(text)
  if (!isRecord(json)) throw new Error(`${kind}: not an object`)
  const { apiVersion, kind: found } = json
  if (typeof found !== 'string' || !found) throw new Error("Object 'Kind' is missing")
  if (apiVersion !== version || found !== kind)
    throw new Error(
      `no kind ${JSON.stringify(found)} is registered for version ${JSON.stringify(apiVersion ?? '')}; ${kind} of ${version} is`,
    )
  const { value, unknown } = decode(KubeSchedulerConfiguration, json)
  if (unknown.length > 0)
    throw new Error(`strict decoding error: ${unknown.map(field => `unknown field ${JSON.stringify(field)}`).join(', ')}`)
  return value
}

function profilesOf({ profiles = [], percentageOfNodesToScore = 0 }: KubeSchedulerConfiguration, args: readonly Args[]) {
  return profiles.flatMap((profile, index) => {
    const own = args[index]
    if (!own) return []
    try {
      return [profileOf({ percentageOfNodesToScore, ...profile }, own)]
    } catch (error) {
      const name = profile.schedulerName ?? ''
      throw new Error(`initializing profiles: creating profile for scheduler name ${name}: ${messageOf(error)}`, { cause: error })
    }
  })
}
