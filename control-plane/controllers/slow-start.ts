/**
 * Calls `work` for 0…count-1 in batches of 1, 2, 4, …; stops after the first batch with a failure, so that a mistake that
 * would hit every call costs few of them. Returns how many succeeded, and the first error.
 */
export async function slowStart(count: number, work: (index: number) => Promise<void>): Promise<{ succeeded: number; error?: unknown }> {
  let succeeded = 0
  for (let next = 0, size = 1; next < count; next += size, size *= 2) {
    const length = Math.min(size, count - next)
    const from = next
    const results = await Promise.allSettled(Array.from({ length }, (_, index) => work(from + index)))
    succeeded += results.filter(result => result.status === 'fulfilled').length
    const failed = results.find(result => result.status === 'rejected')
    if (failed) return { succeeded, error: failed.reason as unknown }
  }
  return { succeeded }
}
