/** What a record is called, whatever it lacks: names may be empty or missing, ids never are. */

interface Named {
  readonly vendor_id: string
}

const firstOf = (...names: readonly (string | null | undefined)[]): string =>
  withoutOverrides(names.find((name) => name?.trim()) ?? '–')

export const userName = (
  user: Named & { readonly display_name: string; readonly email: string | null; readonly username: string | null },
): string => firstOf(user.display_name, user.email, user.username, user.vendor_id)

export const groupName = (group: Named & { readonly name: string }): string => firstOf(group.name, group.vendor_id)

export const applicationName = (
  application: Named & { readonly label: string | null; readonly name: string },
): string => firstOf(application.label, application.name, application.vendor_id)

export const policyName = (policy: Named & { readonly name: string }): string => firstOf(policy.name, policy.vendor_id)

/** Compares names as people sort them. */
export const byName = new Intl.Collator('en', { sensitivity: 'base', numeric: true }).compare

/** Text without the characters that turn the direction of what follows: with them `gnp.exe` reads as `exe.png`. */
export const withoutOverrides = (text: string): string => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
