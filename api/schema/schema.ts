/**
 * Schemas are plain data: an OpenAPI v3 schema that remembers its TypeScript type and the facts the wire formats need.
 * Defaulting, decoding, validation, patching, protobuf and OpenAPI are generic walks over these values, one file each
 * in this folder.
 */
export interface Schema<T = unknown> {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  /** `int-or-string`, `quantity` and `micro-time` are ours; the OpenAPI walk translates them. */
  readonly format?:
    'int32' | 'int64' | 'double' | 'byte' | 'date-time' | 'micro-time' | 'int-or-string' | 'quantity' | 'json' | 'raw-extension' | 'any'
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: Schema
  readonly enum?: readonly string[]
  readonly default?: unknown
  /**
   * How an absent value differs from a zero one, as in upstream's Go types. Without it, "", 0, false, [] and {} (of a map)
   * mean "absent" and are dropped. `pointer`: zero is a value of its own and is kept. `always`: the field is written even
   * when empty ("" / 0 / false / {} of a struct).
   */
  readonly presence?: 'pointer' | 'always'
  /** Where the JSON type of a value decides which schema it follows; the first that fits. */
  readonly union?: readonly Schema[]
  /** The OpenAPI definition of what may be any JSON there. */
  readonly definition?: string
  /** What OpenAPI shows instead of this schema: custom resources say more than these words can. */
  readonly published?: { readonly v2: Readonly<Record<string, unknown>>; readonly v3: Readonly<Record<string, unknown>> }
  /** Present on messages: the name and number facts shared by every use of the message. */
  readonly message?: Message
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-patch-strategy'?: string
  /** Compile-time only; never set. */
  readonly __type?: T
}

export interface Message {
  /** The OpenAPI definition, for instance `io.k8s.api.core.v1.Container`. */
  readonly name: string
  readonly description: string
  /** Protobuf field numbers by property name. */
  readonly numbers: Readonly<Record<string, number>>
  /** Server-side apply owns and replaces it as a whole, not field by field (upstream's structType=atomic). */
  readonly atomic?: true
}

export type Static<S> = S extends Schema<infer T> ? T : never

export interface Options<T> {
  readonly default?: T
  readonly presence?: 'pointer' | 'always'
}

export const string = (options: Options<string> = {}): Schema<string> => ({ type: 'string', ...options })
export const oneOf = <const T extends readonly string[]>(values: T, options: Options<T[number]> = {}): Schema<T[number]> => ({
  type: 'string',
  enum: values,
  ...options,
})
export const bytes = (): Schema<string> => ({ type: 'string', format: 'byte' })
export const time = (): Schema<string> => ({ type: 'string', format: 'date-time' })
export const microTime = (): Schema<string> => ({ type: 'string', format: 'micro-time' })
export const quantity = (options: Options<string> = {}): Schema<string> => ({ type: 'string', format: 'quantity', ...options })
export const intOrString = (options: Options<number | string> = {}): Schema<number | string> => ({ format: 'int-or-string', ...options })
export const int32 = (options: Options<number> = {}): Schema<number> => ({ type: 'integer', format: 'int32', ...options })
export const int64 = (options: Options<number> = {}): Schema<number> => ({ type: 'integer', format: 'int64', ...options })
export const double = (options: Options<number> = {}): Schema<number> => ({ type: 'number', format: 'double', ...options })
export const boolean = (options: Options<boolean> = {}): Schema<boolean> => ({ type: 'boolean', ...options })
/** An object of any kind, kept as it is. */
export const rawExtension = (): Schema<Record<string, unknown>> => ({ type: 'object', format: 'raw-extension' })
/** Any JSON, under the name of its OpenAPI definition. */
export const any = <T = unknown>(definition: string): Schema<T> => ({ format: 'any', definition, presence: 'pointer' })
/** One schema or another, as the JSON type of the value says. */
export const union = <T>(definition: string, schemas: readonly Schema[]): Schema<T> => ({ definition, union: schemas, presence: 'pointer' })
/** A set of fields as JSON, kept as it is. */
export const json = (): Schema<Record<string, unknown>> => ({ type: 'object', format: 'json' })

export const map = <T>(
  values: Schema<T>,
  options: { atomic?: boolean; granular?: boolean; presence?: 'pointer' | 'always' } = {},
): Schema<Record<string, T>> => ({
  type: 'object',
  additionalProperties: values,
  ...(options.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  ...(options.granular ? { 'x-kubernetes-map-type': 'granular' } : {}),
  ...(options.presence ? { presence: options.presence } : {}),
})

/** A list that patches and applies replace as a whole. `patchMergeKey` is for the few that strategic merge still merges. */
export const list = <T>(items: Schema<T>, options: { patchMergeKey?: string; presence?: 'pointer' | 'always' } = {}): Schema<T[]> => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'atomic',
  ...(options.patchMergeKey ? { 'x-kubernetes-patch-strategy': 'merge', 'x-kubernetes-patch-merge-key': options.patchMergeKey } : {}),
  ...(options.presence ? { presence: options.presence } : {}),
})

/** A list of distinct scalars. `patchStrategy: 'merge'` makes strategic merge add to it instead of replacing it. */
export const set = <T>(items: Schema<T>, options: { patchStrategy?: 'merge' } = {}): Schema<T[]> => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'set',
  ...(options.patchStrategy ? { 'x-kubernetes-patch-strategy': options.patchStrategy } : {}),
})

/** A list whose items are told apart by `keys`; strategic merge matches items by the first key unless told otherwise. */
export const listMap = <T>(
  items: Schema<T>,
  keys: readonly [keyof T & string, ...(keyof T & string)[]],
  options: { patchStrategy?: 'merge' | 'merge,retainKeys' | 'replace'; patchMergeKey?: keyof T & string } = {},
): Schema<T[]> => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
  ...(options.patchStrategy === 'replace'
    ? {}
    : {
        'x-kubernetes-patch-strategy': options.patchStrategy ?? 'merge',
        'x-kubernetes-patch-merge-key': options.patchMergeKey ?? keys[0],
      }),
})

/** A field of a message: protobuf number, schema, what it is for. `Known`: TypeScript may rely on it being there. */
export interface Field<T = unknown, Known extends boolean = boolean> {
  readonly number: number
  readonly schema: Schema<T>
  readonly known: Known
  /** Listed as required in OpenAPI. */
  readonly required: boolean
}

const field = <T, Known extends boolean>(field: Field<T, Known>, description: string): Field<T, Known> => ({
  ...field,
  schema: { ...field.schema, description },
})
export const optional = <T>(number: number, schema: Schema<T>, description: string): Field<T, false> =>
  field({ number, schema, known: false, required: false }, description)
export const required = <T>(number: number, schema: Schema<T>, description: string): Field<T, true> =>
  field({ number, schema: { ...schema, presence: 'always' }, known: true, required: true }, description)
/** Required, yet a pointer in upstream's types: left out it stays out, and validation says so. */
export const requiredPointer = <T>(number: number, schema: Schema<T>, description: string): Field<T, true> =>
  field({ number, schema: { ...schema, presence: 'pointer' }, known: true, required: true }, description)
/** A field by value: `{}` even when nothing in it is set, as upstream's value structs are. */
export const embedded = <T>(number: number, schema: Schema<T>, description: string): Field<T, true> =>
  field({ number, schema: { ...schema, presence: 'always' }, known: true, required: false }, description)
/** Optional in what users send, set in every stored object: metadata.name, metadata.uid, … */
export const stored = <T>(number: number, schema: Schema<T>, description: string): Field<T, true> =>
  field({ number, schema, known: true, required: false }, description)

type Fields = Readonly<Record<string, Field>>
type Simplify<T> = { [K in keyof T]: T[K] } & {}
export type MessageOf<F extends Fields> = Simplify<
  { [K in keyof F as F[K] extends Field<unknown, true> ? K : never]: F[K] extends Field<infer T> ? T : never } & {
    [K in keyof F as F[K] extends Field<unknown, true> ? never : K]?: F[K] extends Field<infer T> ? T : never
  }
>

/** An object with known fields, under its OpenAPI definition name. */
export function message<const F extends Fields>(name: string, description: string, fields: F): Schema<MessageOf<F>> {
  const entries = Object.entries(fields)
  const requiredNames = entries.filter(([, field]) => field.required).map(([property]) => property)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([property, field]) => [property, field.schema])),
    ...(requiredNames.length > 0 ? { required: requiredNames } : {}),
    message: { name, description, numbers: Object.fromEntries(entries.map(([property, field]) => [property, field.number])) },
  }
}

/** A message whose fields make sense only together: server-side apply owns and replaces it as a whole. */
export function atomicMessage<const F extends Fields>(name: string, description: string, fields: F): Schema<MessageOf<F>> {
  const schema = message(name, description, fields)
  return { ...schema, ...(schema.message ? { message: { ...schema.message, atomic: true } } : {}) }
}
