import type { Route } from '../http/router.ts'
import { APP_ROUTES } from './apps.ts'
import { EVENT_HOOK_ROUTES } from './event-hooks.ts'
import { GROUP_ROUTES } from './groups.ts'
import { IAM_ROUTES } from './iam.ts'
import { LOG_ROUTES } from './logs.ts'
import { OAUTH_ROUTES } from './oauth.ts'
import { ORG_ROUTES } from './org.ts'
import { POLICY_ROUTES } from './policies.ts'
import { ROLE_ROUTES } from './roles.ts'
import { SCHEMA_ROUTES } from './schemas.ts'
import { USER_ROUTES } from './users.ts'

export const ROUTES: Route[] = [
  ...USER_ROUTES,
  ...GROUP_ROUTES,
  ...APP_ROUTES,
  ...ROLE_ROUTES,
  ...IAM_ROUTES,
  ...POLICY_ROUTES,
  ...LOG_ROUTES,
  ...ORG_ROUTES,
  ...SCHEMA_ROUTES,
  ...EVENT_HOOK_ROUTES,
  ...OAUTH_ROUTES,
]
