// Usage: overlap.js "<cidr> <whose>\n…" NAME=<cidr>…  Fails, with the remedy, when a range is taken or two of them overlap.
const [taken = '', ...wanted] = process.argv.slice(2)

function range(cidr) {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr)
  if (!match || match.slice(1, 5).some(part => Number(part) > 255) || Number(match[5]) > 32) return undefined
  const size = 2 ** (32 - Number(match[5]))
  const address = match.slice(1, 5).reduce((sum, part) => sum * 256 + Number(part), 0)
  const first = Math.floor(address / size) * size
  return { first, last: first + size - 1 }
}
const overlap = (a, b) => a.first <= b.last && b.first <= a.last

const fail = message => {
  console.error(`error: ${message}`)
  process.exit(1)
}
const ours = wanted.map(text => {
  const [name, cidr] = text.split('=')
  return { name, cidr, range: range(cidr) ?? fail(`${name}=${cidr} is not a range of IPv4 addresses: write it like 172.30.0.0/24.`) }
})
const others = taken
  .split('\n')
  .map(line => line.trim().split(/\s+/))
  .filter(([cidr]) => cidr && range(cidr))
  .map(([cidr, whose]) => ({ cidr, whose: whose.replace(':', ' '), range: range(cidr) }))

for (const [index, mine] of ours.entries()) {
  const other = others.find(other => overlap(mine.range, other.range))
  if (other) {
    const kind = other.whose.startsWith('Docker')
      ? `${other.whose.replace('-', ' ')} (${other.cidr}); remove that network or`
      : `the ${other.whose} of this machine;`
    fail(`${mine.name}=${mine.cidr} overlaps ${kind} choose another range: ${mine.name}=<range> scripts/up`)
  }
  const twin = ours.slice(index + 1).find(twin => overlap(mine.range, twin.range))
  if (twin) fail(`${mine.name}=${mine.cidr} and ${twin.name}=${twin.cidr} overlap: choose another range for one of them.`)
}
