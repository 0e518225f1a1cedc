import { isEqual } from '../../common/equal.ts'
import { apiError, badRequest } from '../errors.ts'
import { isRecord, setOwn } from '../schema/records.ts'
import { notApplicable } from './patch-errors.ts'

const maximumOperations = 10_000

interface Operation {
  readonly op: string
  readonly path: readonly string[]
  readonly from: readonly string[]
  readonly value: unknown
}

/** RFC 6902. Throws what the API answers: 400 when `patch` is no JSON patch, 422 when it does not fit the document. */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch) || !patch.every(isRecord)) {
    const found = isRecord(patch) ? 'object' : Array.isArray(patch) ? 'array' : typeof patch
    throw badRequest(`json: cannot unmarshal ${found} into Go value of type jsonpatch.Patch`)
  }
  if (patch.length > maximumOperations) {
    throw apiError('RequestEntityTooLarge', `The allowed maximum operations in a JSON patch is ${maximumOperations}, got ${patch.length}`)
  }
  return patch.map(operationOf).reduce(apply, document)
}

function operationOf(raw: Record<string, unknown>): Operation {
  const { op, path, from, value } = raw
  if (typeof op !== 'string') throw notApplicable()
  return { op, path: pointer(path), from: op === 'move' || op === 'copy' ? pointer(from) : [], value: value ?? null }
}

/** The steps of an RFC 6901 pointer. The whole document cannot be addressed, as in the library upstream uses. */
function pointer(text: unknown): string[] {
  if (typeof text !== 'string' || !text.startsWith('/')) throw notApplicable()
  return text
    .slice(1)
    .split('/')
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function apply(document: unknown, { op, path, from, value }: Operation): unknown {
  switch (op) {
    case 'add':
      return change(document, path, (parent, key) => insert(parent, key, value))
    case 'remove':
      return change(document, path, remove)
    case 'replace':
      return change(document, path, (parent, key) => replace(parent, key, value))
    case 'move': {
      const moved = read(document, from)
      if (moved === undefined) throw notApplicable()
      return change(change(document, from, remove), path, (parent, key) => insert(parent, key, moved))
    }
    case 'copy': {
      const copied = read(document, from)
      if (copied === undefined) throw notApplicable()
      return change(document, path, (parent, key) => insert(parent, key, copied))
    }
    case 'test':
      // What is not there equals null.
      if (!isEqual(read(document, path) ?? null, value)) throw notApplicable()
      return document
    default:
      throw notApplicable()
  }
}

type Container = Record<string, unknown> | readonly unknown[]
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null

/** A copy of the document in which the container that holds the last step of `path` is what `edit` makes of it. */
function change(document: unknown, path: readonly string[], edit: (parent: Container, key: string) => unknown): unknown {
  const [key = '', ...rest] = path
  if (!isContainer(document)) throw notApplicable()
  if (rest.length === 0) return edit(document, key)
  return replace(document, key, change(child(document, key), rest, edit))
}

const read = (document: unknown, path: readonly string[]): unknown =>
  path.reduce((value, key) => (isContainer(value) ? child(value, key) : undefined), document)

function child(parent: Container, key: string): unknown {
  if (Array.isArray(parent)) return (parent as readonly unknown[])[indexOf(key, parent.length) ?? -1]
  return Object.hasOwn(parent, key) ? (parent as Record<string, unknown>)[key] : undefined
}

/** Negative ones count from the end. */
function indexOf(key: string, length: number): number | undefined {
  if (!/^-?[0-9]+$/.test(key)) return undefined
  const index = Number(key) < 0 ? Number(key) + length : Number(key)
  return index >= 0 && index < length ? index : undefined
}

function insert(parent: Container, key: string, value: unknown): unknown {
  if (!Array.isArray(parent)) return withMember(parent as Record<string, unknown>, key, value)
  const list = parent as readonly unknown[]
  if (key === '-') return [...list, value]
  // One past the end is a place too; -1 is that one.
  const index = indexOf(key, list.length + 1)
  if (index === undefined) throw notApplicable()
  return [...list.slice(0, index), value, ...list.slice(index)]
}

function remove(parent: Container, key: string): unknown {
  if (child(parent, key) === undefined) throw notApplicable()
  if (Array.isArray(parent)) {
    const at = indexOf(key, parent.length)
    return parent.filter((_, index) => index !== at)
  }
  const out = { ...(parent as Record<string, unknown>) }
  delete out[key]
  return out
}

function replace(parent: Container, key: string, value: unknown): unknown {
  if (child(parent, key) === undefined) throw notApplicable()
  if (!Array.isArray(parent)) return withMember(parent as Record<string, unknown>, key, value)
  const at = indexOf(key, parent.length)
  return parent.map((item: unknown, index) => (index === at ? value : item))
}

function withMember(parent: Record<string, unknown>, key: string, value: unknown): Record<string, unknown> {
  const out = { ...parent }
  setOwn(out, key, value)
  return out
}
