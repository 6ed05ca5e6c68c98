import type { Json } from '../world.ts'

/** What kind of app: where its settings, sign-on mode and label come from. */
export interface AppKind {
  name: string
  label: string
  signOnMode: string | null
  features?: string[]
  settings?: Json
  credentials?: Json
  /** Nobody can be assigned: a directory's own integration, a service client. */
  unassignable?: boolean
  /** Has no authentication policy. */
  policyFree?: boolean
  inactive?: boolean
  hidden?: boolean
}

const PROVISIONING = [
  'IMPORT_NEW_USERS',
  'IMPORT_PROFILE_UPDATES',
  'PUSH_NEW_USERS',
  'PUSH_PROFILE_UPDATES',
  'PUSH_USER_DEACTIVATION',
  'GROUP_PUSH',
]

const samlSignOn = (host: string): Json => ({
  defaultRelayState: '',
  ssoAcsUrl: `https://${host}/saml/acs`,
  idpIssuer: 'http://www.okta.com/$' + '{org.externalKey}',
  audience: `https://${host}/saml`,
  recipient: `https://${host}/saml/acs`,
  destination: `https://${host}/saml/acs`,
  subjectNameIdTemplate: '$' + '{user.userName}',
  subjectNameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  responseSigned: true,
  assertionSigned: true,
  signatureAlgorithm: 'RSA_SHA256',
  digestAlgorithm: 'SHA256',
  honorForceAuthn: true,
  authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  spIssuer: null,
  requestCompressed: false,
  attributeStatements: [
    {
      type: 'EXPRESSION',
      name: 'groups',
      namespace: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
      values: ['x'],
    },
  ],
  inlineHooks: [],
  allowMultipleAcsEndpoints: false,
  acsEndpoints: [],
  slo: { enabled: false },
})

const oauthClient = (type: string, grants: string[]): Json => ({
  client_uri: null,
  logo_uri: null,
  redirect_uris: type === 'service' ? [] : ['https://app.acme.example/callback'],
  response_types: type === 'service' ? ['token'] : ['code'],
  grant_types: grants,
  application_type: type,
  consent_method: 'TRUSTED',
  issuer_mode: 'DYNAMIC',
  idp_initiated_login: { mode: 'DISABLED', default_scope: [] },
  wildcard_redirect: 'DISABLED',
  dpop_bound_access_tokens: type === 'service',
})

/** The first apps of every org, in this order: Okta's own, directories, and one of each odd shape. */
export const FIRST_APPS: readonly AppKind[] = [
  { name: 'saasure', label: 'Okta Admin Console', signOnMode: 'OPENID_CONNECT', hidden: true },
  { name: 'okta_enduser', label: 'Okta Dashboard', signOnMode: 'OPENID_CONNECT', hidden: true },
  { name: 'okta_browser_plugin', label: 'Okta Browser Plugin', signOnMode: 'OPENID_CONNECT', hidden: true },
  {
    name: 'active_directory',
    label: 'corp.acme.example',
    signOnMode: null,
    policyFree: true,
    unassignable: true,
    features: ['IMPORT_NEW_USERS', 'IMPORT_PROFILE_UPDATES', 'PROFILE_MASTERING', 'OUTBOUND_DEL_AUTH'],
    settings: { app: { namingContext: 'corp.acme.example', filterGroupsByOU: true, scanRate: null } },
  },
  {
    name: 'csv_directory_v2',
    label: 'Contractors CSV',
    signOnMode: null,
    policyFree: true,
    unassignable: true,
    settings: {},
  },
  {
    name: 'bookmark',
    label: 'Lunch Menu',
    signOnMode: 'BOOKMARK',
    settings: { app: { requestIntegration: false, url: 'https://lunch.acme.example' } },
  },
  {
    name: 'oidc_client',
    label: 'Acme Portal',
    signOnMode: 'OPENID_CONNECT',
    settings: { app: {}, oauthClient: oauthClient('web', ['authorization_code', 'refresh_token']) },
  },
  {
    name: 'oidc_client',
    label: 'Nightly Export Service',
    signOnMode: 'OPENID_CONNECT',
    unassignable: true,
    settings: { app: {}, oauthClient: oauthClient('service', ['client_credentials']) },
  },
  {
    name: 'acme_benefits_1',
    label: 'Benefits (SAML)',
    signOnMode: 'SAML_2_0',
    settings: { app: {}, signOn: samlSignOn('benefits.acme.example') },
  },
  {
    name: 'salesforce',
    label: 'Salesforce.com',
    signOnMode: 'SAML_2_0',
    features: PROVISIONING,
    settings: {
      app: { instanceType: 'PRODUCTION', loginUrl: null, integrationType: 'STANDARD' },
      signOn: { defaultRelayState: null, ssoAcsUrlOverride: null, audienceOverride: null },
    },
  },
  {
    name: 'template_sps',
    label: 'Old Intranet',
    signOnMode: 'SECURE_PASSWORD_STORE',
    credentials: { scheme: 'ADMIN_SETS_CREDENTIALS', revealPassword: false },
    settings: { app: { url: 'https://intranet.acme.example', usernameField: 'user', passwordField: 'pass' } },
  },
  {
    name: 'slack',
    label: 'Slack',
    signOnMode: 'AUTO_LOGIN',
    credentials: { scheme: 'EDIT_USERNAME_AND_PASSWORD', revealPassword: true },
    settings: { app: { domain: 'acme.slack.example', userEmailValue: 'false' } },
  },
  {
    name: 'zoomus',
    label: 'Zoom (retired)',
    signOnMode: 'SAML_2_0',
    inactive: true,
    settings: { app: {}, signOn: {} },
  },
  {
    name: 'office365',
    label: 'Office 365 "EU" & Co',
    signOnMode: 'WS_FEDERATION',
    features: PROVISIONING,
    settings: { app: { domains: [{ name: 'acme.example', federated: true }], wsFedConfigureType: 'AUTO' } },
  },
]

/** What all further apps are made of, in turn. */
export const CATALOG: readonly AppKind[] = [
  { name: 'oidc_client', label: 'Internal Tool', signOnMode: 'OPENID_CONNECT', settings: FIRST_APPS[6]?.settings },
  { name: 'bookmark', label: 'Bookmark', signOnMode: 'BOOKMARK', settings: FIRST_APPS[5]?.settings },
  { name: 'github_org', label: 'GitHub', signOnMode: 'SAML_2_0', settings: { app: { githubOrg: 'acme' }, signOn: {} } },
  {
    name: 'google',
    label: 'Google Workspace',
    signOnMode: 'SAML_2_0',
    features: PROVISIONING,
    settings: { app: {}, signOn: {} },
  },
  {
    name: 'template_basic_auth',
    label: 'Wiki',
    signOnMode: 'BASIC_AUTH',
    settings: { app: { url: 'https://wiki.acme.example' } },
  },
  { name: 'googleappsadmin', label: 'Ads Console', signOnMode: 'BROWSER_PLUGIN', settings: {} },
  {
    name: 'jira_onpremise',
    label: 'Jira',
    signOnMode: 'SAML_2_0',
    settings: { app: { baseURL: 'https://jira.acme.example' }, signOn: {} },
  },
  {
    name: 'scim2headerauth',
    label: 'SCIM App',
    signOnMode: 'SECURE_PASSWORD_STORE',
    features: ['SCIM_PROVISIONING'],
    settings: { app: {} },
  },
]
