/** Far more than anything takes that ends at all, also on a busy machine. */
const patienceMs = 60_000

/** What the promise resolves to, or words about it that it never does. */
export async function endsInTime<T>(promise: Promise<T>): Promise<T | string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => (timer = setTimeout(() => resolve('it goes on after its connection has ended'), patienceMs)))
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
