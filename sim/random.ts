/**
 * Numbers that look random and are not: everything in the simulated org is a pure function of (seed, what, which), so
 * a record can be made when asked for and never has to be kept.
 */

/** A well mixed unsigned 32 bit number. `salt` names the question, `a` and `b` say about whom. */
export function hash(seed: number, salt: number, a: number, b = 0): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 0x7f4a7c15, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 15) ^ a, 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12) ^ b, 0x297a2d39)
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
  return (h ^ (h >>> 13)) >>> 0
}

/** 0 up to, not including, 1. */
export function fraction(seed: number, salt: number, a: number, b = 0): number {
  return hash(seed, salt, a, b) / 0x1_0000_0000
}

export function pick<T>(list: readonly T[], number: number): T {
  const item = list[number % list.length]
  if (item === undefined) throw new Error('pick: empty list')
  return item
}

/** Splits `total` over `weights`, each share at most its cap, exactly to the last one while the caps leave room. */
export function apportion(total: number, weights: readonly number[], caps: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  const shares = weights.map((weight, i) => Math.min(caps[i] ?? 0, Math.floor((total * weight) / (sum || 1))))
  let rest = total - shares.reduce((a, b) => a + b, 0)
  while (rest > 0) {
    const open = shares.flatMap((share, i) => (weights[i] && share < (caps[i] ?? 0) ? [i] : []))
    if (open.length === 0) break
    const step = Math.max(1, Math.floor(rest / open.length))
    for (const i of open) {
      const more = Math.min(step, rest, (caps[i] ?? 0) - (shares[i] ?? 0))
      shares[i] = (shares[i] ?? 0) + more
      rest -= more
    }
  }
  return shares
}

/** A reversible shuffle of 0..size-1: `at(k)` walks all of them before one comes again, `placeOf` walks back. */
export interface Shuffle {
  at(k: number): number
  placeOf(value: number): number
}

/** An affine walk `k -> (step * k + start) mod size`. Products stay below 2^53 for sizes up to some 90 million. */
export function shuffle(seed: number, salt: number, size: number): Shuffle {
  if (size <= 1) return { at: () => 0, placeOf: () => 0 }
  const start = hash(seed, salt, 1) % size
  let step = Math.max(1, Math.floor(size * 0.618) + (hash(seed, salt, 2) % Math.max(1, Math.floor(size / 7))))
  while (gcd(step, size) !== 1) step += 1
  step %= size
  const back = inverse(step, size)
  return {
    at: (k) => (step * (k % size) + start) % size,
    placeOf: (value) => (back * ((value - start + size) % size)) % size,
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

/** The number that undoes multiplying by `a` modulo `m` (extended Euclid). */
function inverse(a: number, m: number): number {
  let [r0, r1, t0, t1] = [m, a, 0, 1]
  while (r1 !== 0) {
    const q = Math.floor(r0 / r1)
    ;[r0, r1] = [r1, r0 - q * r1]
    ;[t0, t1] = [t1, t0 - q * t1]
  }
  return ((t0 % m) + m) % m
}
