/** Reports that no test answers, because what they are about is outside of what Rollcall reads, and why. */
export const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  B060: 'Does not apply: devices take the scope okta.devices.read, and Rollcall asks for six others and no more.',
}
