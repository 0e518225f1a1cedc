import { applyPodSpecDefaults } from '../core/pod-defaults.ts'
import { warningsForPodTemplate } from '../core/pod-warnings.ts'
import type { PodTemplateSpec } from '../core/pod-spec.ts'
import type { Column, KubernetesObject } from '../kind.ts'
import { dns1123LabelErrors } from '../names.ts'

/** Kinds that make pods from a template. */
interface WithTemplate extends KubernetesObject {
  spec: { template: PodTemplateSpec }
}

export const withTemplateDefaults = (template: PodTemplateSpec): PodTemplateSpec => ({
  ...template,
  metadata: template.metadata ?? {},
  spec: applyPodSpecDefaults(template.spec),
})

/** The wide columns about the containers of a template. */
export const templateColumns: readonly Column<WithTemplate>[] = [
  {
    name: 'Containers',
    type: 'string',
    priority: 1,
    description: 'Containers of the template.',
    cell: object => (object.spec.template.spec.containers ?? []).map(({ name }) => name).join(','),
  },
  {
    name: 'Images',
    type: 'string',
    priority: 1,
    description: 'Images of the containers.',
    cell: object => (object.spec.template.spec.containers ?? []).map(({ image }) => image ?? '').join(','),
  },
]

/** Names that pods take over though host names cannot be like that. */
export function nameWarnings({ metadata }: KubernetesObject): string[] {
  const errors = dns1123LabelErrors(metadata.name ?? '')
  const surprise = 'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended'
  return errors.length > 0 ? [`metadata.name: ${surprise}: [${errors.join(' ')}]`] : []
}

/** What of the template will surprise, and of the name. */
export const templateWarnings = (object: WithTemplate): string[] => [
  ...nameWarnings(object),
  ...warningsForPodTemplate(object.spec.template, 'spec.template'),
]
