/** Reports that no test answers, because what they are about is outside of what Rollcall reads, and why. */
export const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  B060: 'Does not apply: devices take the scope okta.devices.read, and Rollcall asks for six others and no more.',
  B142: 'DPoP is spoken by OAuth service apps; this build connects with API tokens only.',
  B144: 'Scopes are granted to OAuth service apps; an API token has the rights of its owner.',
  B151: 'Only OAuth access tokens run out within a sync; this build connects with API tokens only.',
  B152: 'Bearer tokens are those of OAuth service apps; this build connects with API tokens only.',
  B163: 'OAuth service apps in place of a person’s token come later; this build connects with API tokens only.',
}
