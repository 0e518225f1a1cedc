/** Where a behaviour is shown: a test of this project, by its file and its title as it stands there. */
export interface ShownBy {
  readonly file: string
  readonly title: string
}
/** A behaviour that is not there, not whole, or that no test shows; and why. */
export interface Missing {
  readonly missing: string
}

/** Behaviours that upstream's conformance suite checks, by the code names that upstream gives them. */
export type Behaviours = Readonly<Record<string, ShownBy | Missing>>

export const by = (file: string, title: string): ShownBy => ({ file, title })
export const missing = (why: string): Missing => ({ missing: why })
