import type { MatchResources } from './rules.ts'
import type { ValidatingWebhook } from './webhook.ts'

type WithSelectors = Pick<ValidatingWebhook, 'namespaceSelector' | 'objectSelector'>

/** A webhook that names no labels is asked about all objects. */
export const withSelectors = <C extends { webhooks?: WithSelectors[] }>(configuration: C): C =>
  configuration.webhooks
    ? {
        ...configuration,
        webhooks: configuration.webhooks.map(webhook => ({
          ...webhook,
          namespaceSelector: webhook.namespaceSelector ?? {},
          objectSelector: webhook.objectSelector ?? {},
        })),
      }
    : configuration

/** The same for a policy or binding. */
export function withMatchDefaults<S extends object, N extends keyof S & string>(spec: S & { [K in N]?: MatchResources }, name: N): S {
  const match: MatchResources | undefined = spec[name]
  if (!match) return spec
  return { ...spec, [name]: { ...match, namespaceSelector: match.namespaceSelector ?? {}, objectSelector: match.objectSelector ?? {} } }
}
