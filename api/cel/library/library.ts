import type { Environment } from '@marcbachmann/cel-js'

/** Adds functions to an environment; one library a file, as upstream has them. */
export type Library = (environment: Environment) => void

/** What expressions cannot do with these values: becomes the evaluation's error. */
export const refuse = (message: string): never => {
  throw new Error(message)
}
