import { InvalidArgumentError } from 'commander'

/** Readers of option values; commander puts the option's name before what they complain about. */

export function share(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number above 0 and at most 1.')
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

export function positive(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0) return value
  throw new InvalidArgumentError('It must be a number above 0.')
}

/** For an option that may be given several times. */
export const collected = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]
