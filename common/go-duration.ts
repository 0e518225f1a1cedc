/** Milliseconds as Go prints a duration: `10s`, `1m20s`, `1.234s`, `250ms`, `0s`. */
export function goDuration(milliseconds: number): string {
  const ms = Math.trunc(milliseconds)
  if (ms === 0) return '0s'
  if (ms < 1000) return `${ms}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = `${Number(((ms % 60_000) / 1000).toFixed(3))}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}
