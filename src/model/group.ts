import { type BaseRow, entity, type VendorTimes, vendorTimes } from './entity.ts'
import { flag, id, integer, type JsonObject, json, nullable, text, texts, time } from './fields.ts'

export interface GroupRow extends BaseRow, VendorTimes {
  types: string[]
  name: string
  description: string | null
  object_classes: string[]
  source_application_id: string | null
  source_application_vendor_id: string | null
  users_count: number | null
  applications_count: number | null
  group_push_mappings_count: number | null
  has_admin_privilege: boolean | null
  last_membership_updated_at: string | null
  custom_attributes: JsonObject
}

export const Group = entity<GroupRow>({
  name: 'group',
  table: 'groups',
  sentence: 'A group of users: made in Okta, built in, or mirrored from an application or directory.',
  fields: {
    types: texts("Okta's type of the group as the only entry: `OKTA_GROUP`, `APP_GROUP` or `BUILT_IN`."),
    name: text('The name, from `profile.name`, else the id. A label only: names need not be unique.'),
    description: nullable(text('The description; Okta may have none.')),
    object_classes: texts("Okta's object classes, such as `okta:user_group`."),
    source_application_id: nullable(id('Our id of the application or directory that a mirrored group comes from.')),
    source_application_vendor_id: nullable(text("Okta's id of that application or directory.")),
    users_count: nullable(integer('How many members Okta counts; null when Okta did not say.')),
    applications_count: nullable(integer('How many applications Okta counts as assigned; null when Okta did not say.')),
    group_push_mappings_count: nullable(integer('How many pushes of this group to applications; null when unknown.')),
    has_admin_privilege: nullable(
      flag('Whether the group gives its members an admin role, by Okta’s statistics; null when Okta did not say.'),
    ),
    ...vendorTimes,
    last_membership_updated_at: nullable(time('When a member last joined or left.')),
    custom_attributes: json('Profile attributes beyond name and description, such as those of a directory group.'),
  },
})
