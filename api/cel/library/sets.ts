import { equalValues } from './compare.ts'
import type { Library } from './library.ts'

class Sets {}

type List = readonly unknown[]
const has = (list: List, item: unknown): boolean => list.some(each => equalValues(each, item))
const contains = (list: List, items: List): boolean => items.every(item => has(list, item))

/** cel-go's set extension: `sets.contains`, `sets.equivalent`, `sets.intersects`. */
export const sets: Library = environment => {
  environment
    .registerType('Sets', Sets)
    .registerConstant('sets', 'Sets', new Sets())
    .registerFunction('Sets.contains(list, list): bool', (_sets: Sets, a: List, b: List) => contains(a, b))
    .registerFunction('Sets.equivalent(list, list): bool', (_sets: Sets, a: List, b: List) => contains(a, b) && contains(b, a))
    .registerFunction('Sets.intersects(list, list): bool', (_sets: Sets, a: List, b: List) => a.some(item => has(b, item)))
}
