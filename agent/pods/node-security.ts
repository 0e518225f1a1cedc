/** What this node can do about security, and what its owner lets pods have. */
export interface NodeSecurity {
  readonly appArmor: boolean
  readonly userNamespaces: boolean
  /** Names, or beginnings of names that end in `*`. */
  readonly allowedUnsafeSysctls: readonly string[]
  /** Where profiles for seccomp of type `Localhost` lie. */
  readonly seccompDirectory: string
}
