import { z } from 'zod'

const bucket = z.object({
  bucket: z.string(),
  limit: z.number().nullable(),
  remaining: z.number().nullable(),
  resetsInMs: z.number().nullable(),
  perMinute: z.number().nullable(),
})
const step = z.object({
  stream: z.string(),
  bucket: z.string().nullable().catch(null),
  parents: z.object({ done: z.number(), total: z.number() }).nullable().catch(null),
})
const progress = z.object({
  etaMs: z.number().nullable().catch(null),
  buckets: z.array(bucket).catch([]),
  steps: z.array(step).catch([]),
})

/** What a running job knows beyond its steps. */
export type Progress = z.infer<typeof progress>
export type StepProgress = z.infer<typeof step>

const NOTHING: Progress = { etaMs: null, buckets: [], steps: [] }

/**
 * What a job said of itself at its last heartbeat; nothing where it has not said anything yet. Read with tolerance: the
 * worker may be of another version.
 */
export function readProgress(stored: unknown): Progress {
  const result = progress.safeParse(stored)
  return result.success ? result.data : NOTHING
}
