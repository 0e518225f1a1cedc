import type { Kind } from '../kind.ts'
import { listSchemaOf } from '../list-schema.ts'
import { DeleteOptions, Status } from '../meta.ts'
import type { Definitions } from './definitions.ts'
import type { Json } from './special-types.ts'

/** Upstream's name for built-in kinds; `com.example.v1.Thing` for others. */
export const definitionName = (kind: Kind): string =>
  kind.schema.message?.name ?? `${kind.group.split('.').reverse().join('.')}.${kind.version}.${kind.kind}`

const groupVersionKind = ({ group, version }: Pick<Kind, 'group' | 'version'>, kind: string): Json => ({ group, kind, version })
const marked = (...kinds: Json[]): Json => ({ 'x-kubernetes-group-version-kind': kinds })

/** Definitions of kinds, of their lists, and of what every group uses. */
export function addKinds(definitions: Definitions, kinds: readonly Kind[]): void {
  for (const kind of kinds) {
    definitions.add(definitionName(kind), kind.schema, marked(groupVersionKind(kind, kind.kind)))
    const list = listSchemaOf(kind)
    if (kind.verbs && !kind.verbs.includes('list')) continue
    definitions.add(list.message?.name ?? '', list, marked(groupVersionKind(kind, `${kind.kind}List`)))
  }
  const versions = [...new Map(kinds.map(kind => [`${kind.group}/${kind.version}`, kind])).values()]
  const name = (schema: { readonly message?: { readonly name: string } }) => schema.message?.name ?? ''
  definitions.add(name(DeleteOptions), DeleteOptions, marked(...versions.map(version => groupVersionKind(version, 'DeleteOptions'))))
  definitions.add(name(Status), Status, marked({ group: '', kind: 'Status', version: 'v1' }))
  definitions.add('io.k8s.apimachinery.pkg.apis.meta.v1.Patch', {
    type: 'object',
    message: {
      name: 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch',
      description: 'A change to an object, in one of the patch formats.',
      numbers: {},
    },
  })
}
