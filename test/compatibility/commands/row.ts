/** One line as people type it into a shell, and what has to come of it. */
export interface Row {
  /** Run by bash, in a folder with the manifests, in the scenario's namespace. It is a row of the table in docs/compatibility.md. */
  readonly line: string
  /** Exit code; 0 when left out. */
  readonly code?: number
  /** What standard output is (a string) or contains (a pattern); anything when left out. */
  readonly out?: string | RegExp
  /** The same for standard error; when left out, warnings alone may be there. */
  readonly err?: string | RegExp
  /** Upstream's kubectl, or what is asked of it, is refused there too: `code` and `err` are upstream's. */
  readonly refused?: true
  readonly input?: string
  /** Has a terminal, and types `input` into it. */
  readonly terminal?: true
  /** Never ends by itself: it is stopped when `out` was printed and this line, run beside it, has ended well. */
  readonly meanwhile?: string
  /** Tried again until it comes out right, for what controllers do in their own time. */
  readonly eventually?: true
  /** Left out where this part of the cluster is missing. */
  readonly needs?: Part
  /** The first minor version of kubectl that does this; older ones do otherwise, or cannot. */
  readonly since?: number
}

/** Parts of a cluster that a cluster may lack. */
export type Part = 'metrics' | 'statefulsets' | 'daemonsets' | 'jobs'

/** Lines that are run one after the other in a namespace of their own; scenarios run beside each other. */
export interface Scenario {
  readonly name: string
  /** Lines that make what the rows need; they have to succeed. */
  readonly setup?: readonly string[]
  /** Variables of the shell for the rows: each is what its line prints after the set-up. */
  readonly variables?: Readonly<Record<string, string>>
  readonly rows: readonly Row[]
  /** Lines that remove what is not in the namespace, before and after; they may fail. */
  readonly cleanup?: readonly string[]
}
