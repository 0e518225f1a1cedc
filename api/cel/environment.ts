import { Environment } from '@marcbachmann/cel-js'
import { addresses } from './library/addresses.ts'
import { namedFormats } from './library/formats.ts'
import { lists } from './library/lists.ts'
import { quantities } from './library/quantities.ts'
import { regex } from './library/regex.ts'
import { semvers } from './library/semvers.ts'
import { sets } from './library/sets.ts'
import { strings } from './library/strings.ts'
import { urls } from './library/urls.ts'

const libraries = [strings, regex, lists, sets, urls, quantities, semvers, addresses, namedFormats]

const limits = { maxAstNodes: 100_000, maxDepth: 250, maxListElements: 10_000, maxMapEntries: 10_000, maxCallArguments: 32 }

/** CEL as Kubernetes speaks it: the language, optionals, and the function libraries. Costs some milliseconds: make it once. */
export function kubernetesEnvironment(): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true, limits })
  for (const add of libraries) add(environment)
  return environment
}
