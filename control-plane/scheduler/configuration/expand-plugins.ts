import { inTree } from './in-tree.ts'
import { extensionPoints, type ExtensionPoint, type PluginSet, type PluginsOf } from './schema.ts'

interface Enabled {
  readonly name: string
  readonly weight: number
}
type Expanded = Readonly<Record<ExtensionPoint, readonly Enabled[]>>

const entries = (set: PluginSet | undefined, part: 'enabled' | 'disabled'): Enabled[] =>
  (set?.[part] ?? []).map(({ name = '', weight = 0 }) => ({ name, weight }))

/** As upstream names the point in errors. */
const typeName = (point: ExtensionPoint) => `${point.charAt(0).toUpperCase()}${point.slice(1)}Plugin`

/**
 * Which plugins of a profile work where, in their order: what it says of single extension points goes before what it says
 * of all of them, and that before the defaults (upstream's mergePlugins and expandMultiPointPlugins). Throws in upstream's
 * words when a plugin is unknown, enabled twice, or cannot work where it should.
 */
export function expandPlugins(plugins: PluginsOf = {}): Expanded {
  const everywhere = mergedWithDefaults(plugins.multiPoint)
  const expanded = Object.fromEntries(extensionPoints.map(point => [point, expandPoint(point, plugins[point], everywhere)]))
  return expanded as Record<ExtensionPoint, Enabled[]>
}

/** The defaults, without those disabled, each replaced where the profile says something of it; then what is left of the profile. */
function mergedWithDefaults(custom: PluginSet | undefined): readonly Enabled[] {
  const disabled = new Set(entries(custom, 'disabled').map(({ name }) => name))
  const enabled = entries(custom, 'enabled')
  const used = new Set<Enabled>()
  const kept: Enabled[] = []
  if (!disabled.has('*')) {
    for (const [name, { weight = 0 }] of inTree) {
      if (disabled.has(name)) continue
      const replacement = enabled.findLast(each => each.name === name)
      if (replacement) used.add(replacement)
      kept.push(replacement ?? { name, weight })
    }
  }
  return [...kept, ...enabled.filter(each => !used.has(each))]
}

function expandPoint(point: ExtensionPoint, custom: PluginSet | undefined, everywhere: readonly Enabled[]): Enabled[] {
  const works = ({ name }: Enabled): boolean => {
    const known = inTree.get(name)
    if (!known) throw new Error(`${typeName(point)} ${JSON.stringify(name)} does not exist`)
    return known.points.includes(point)
  }
  const single = entries(custom, 'enabled')
  for (const each of single) {
    if (!works(each)) throw new Error(`plugin ${JSON.stringify(each.name)} does not extend ${typeName(point)} plugin`)
  }
  refuseTwice(single, point)
  const disabled = new Set(entries(custom, 'disabled').map(({ name }) => name))
  const weighted = (each: Enabled): Enabled => ({ name: each.name, weight: each.weight || 1 })
  if (disabled.has('*')) return single.map(weighted)
  const expanded = everywhere.filter(each => works(each) && !disabled.has(each.name))
  const isOverridden = ({ name }: Enabled) => expanded.some(each => each.name === name)
  const rest = expanded.filter(({ name }) => !single.some(each => each.name === name))
  refuseTwice(rest, point)
  return [...single.filter(isOverridden), ...rest, ...single.filter(each => !isOverridden(each))].map(weighted)
}

function refuseTwice(plugins: readonly Enabled[], point: ExtensionPoint): void {
  const names = new Set<string>()
  for (const { name } of plugins) {
    if (names.has(name)) throw new Error(`plugin ${JSON.stringify(name)} already registered as ${JSON.stringify(typeName(point))}`)
    names.add(name)
  }
}
