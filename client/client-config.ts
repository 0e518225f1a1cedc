import type { Duplex } from 'node:stream'

/** A client certificate and its key, both as PEM texts. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** Where the API server is, how to trust it, and who we are. */
export interface ClientConfig {
  /** `https://host:port`. */
  readonly server: string
  /** Opens a connection to a server in this process, which is used instead of `server`, and without TLS. */
  readonly connect?: () => Duplex
  /** PEM of the authorities to trust; absent: those of the system. */
  readonly ca?: string
  readonly insecureSkipTlsVerify?: boolean
  /** Name to expect in the server's certificate, where it differs from the host of `server`. */
  readonly tlsServerName?: string
  /** A function is asked for every new connection, so that a renewed certificate is used without a new client. */
  readonly certificate?: KeyPair | (() => KeyPair | undefined)
  readonly token?: string
  /** Read again when it is older than a minute: projected tokens are renewed. */
  readonly tokenFile?: string
  readonly userAgent?: string
  /** Where objects go that name no namespace, as `kubectl config set-context --namespace` sets it. */
  readonly namespace?: string
  /** How long a request (not a watch) may stay silent; 60 seconds unless told otherwise. */
  readonly timeoutSeconds?: number
  /** Told of every answer, and, with no code, of every request that has none. */
  readonly answered?: (request: { method: string; host: string; code: number | undefined; seconds: number }) => void
}
