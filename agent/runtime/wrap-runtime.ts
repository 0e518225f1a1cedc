import type { Runtime } from './runtime.ts'

/** Something that is done around a call of the runtime: it calls `call`, or does not, and returns what the caller gets. */
export type Around = (method: keyof Runtime, args: readonly unknown[], call: () => unknown) => unknown

/** The same runtime with `around` in every call. */
export function wrapRuntime(runtime: Runtime, around: Around): Runtime {
  return new Proxy(runtime, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name)
      if (typeof found !== 'function') return found
      return (...args: unknown[]) => around(name as keyof Runtime, args, () => Reflect.apply(found, target, args) as unknown)
    },
  })
}
