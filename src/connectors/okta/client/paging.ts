import { AppError } from '../../../errors.ts'
import type { Page } from '../../connector.ts'
import type { ListOptions } from './client.ts'
import type { KnownHosts } from './known-hosts.ts'
import { hasUnreadableNext, parseLinkHeader } from './link-header.ts'
import { safeNext } from './next-link.ts'
import type { OktaResponse } from './pipeline.ts'
import { isSamePage, splitPath } from './query.ts'

/** The System Log never ends: its last page is empty and its next link may stay as it is. */
const ENDLESS = '/api/v1/logs'

export interface PageContext {
  /** The path that the listing was asked under, without query. */
  readonly listing: string
  /** Path and query of this very page. */
  readonly asked: string
  readonly origin: string
  readonly hosts: KnownHosts
}

/**
 * The items and the next link of an answer. Only a missing next link ends a listing: an empty page or a short one does
 * not. A next link that cannot be followed costs what comes after the page, not the page itself.
 * @see https://developer.okta.com/docs/reference/core-okta-api/#pagination
 * @throws AppError `okta_not_json` when there is no list of items
 */
export async function readPage(response: OktaResponse, options: ListOptions, context: PageContext): Promise<Page> {
  const isBody = options.paging === 'body'
  const items = isBody ? itemsIn(response.json, options.items, context) : listOf(response.json, context)
  try {
    const link = (isBody ? linkInBody(response.json) : null) ?? linkInHeader(response, context)
    if (link === null) return { items: items ?? [], next: null }
    const next = await nextPlace(link, !items?.length, context)
    return { items: items ?? [], next, ...(items === null && { cutOff: notAList(context) }) }
  } catch (error) {
    if (error instanceof AppError) return { items: items ?? [], next: null, cutOff: error }
    throw error
  }
}

async function nextPlace(link: string, isEmpty: boolean, context: PageContext): Promise<string> {
  const next = await safeNext(link, context.listing, context.origin, context.hosts)
  const isStanding = isSamePage(splitPath(next).query, splitPath(context.asked).query)
  if (isStanding && !(context.listing === ENDLESS && isEmpty)) {
    throw new AppError('paging_loop', 'The next link of a page leads to the same page.', {
      details: { path: context.listing },
    })
  }
  return next
}

function listOf(value: unknown, context: PageContext): readonly unknown[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value
  throw notAList(context)
}

/**
 * Okta may leave out empty properties, so a body of links alone is an empty list; any other body without items is not.
 * Null for a body of links: with a next page among them, its items may just as well have been lost.
 */
function itemsIn(body: unknown, property: string | undefined, context: PageContext): readonly unknown[] | null {
  if (body === null) return []
  // The list itself, as every other listing has it.
  if (Array.isArray(body)) return body
  if (typeof body !== 'object' || property === undefined) throw notAList(context)
  if (property in body) return listOf(Reflect.get(body, property), context)
  if (Object.keys(body).every((key) => key === '_links')) return null
  throw notAList(context)
}

function linkInBody(body: unknown): string | null {
  let value = body
  for (const property of ['_links', 'next', 'href']) {
    // The link itself in place of an object that has it.
    if (property === 'href' && typeof value === 'string') break
    if (typeof value !== 'object' || value === null) return null
    value = Reflect.get(value, property)
    if (Array.isArray(value)) value = value[0]
  }
  return typeof value === 'string' && value !== '' ? value : null
}

function linkInHeader(response: OktaResponse, context: PageContext): string | null {
  const lines = response.headers.all('link')
  if (hasUnreadableNext(lines)) {
    throw new AppError('okta_not_json', 'The Link header of a page cannot be read.', {
      details: { path: context.listing },
    })
  }
  return parseLinkHeader(lines).find((link) => link.relations.includes('next'))?.target ?? null
}

function notAList(context: PageContext): AppError {
  return new AppError('okta_not_json', 'Okta answered something else where a list was due.', {
    details: { path: context.listing },
  })
}
