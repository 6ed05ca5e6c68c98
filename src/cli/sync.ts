import type { Command } from 'commander'
import type { SyncPlan } from '../store/job-plan.ts'
import type { SyncResult } from '../sync/progress.ts'
import { planTable } from './plan-lines.ts'
import type { Services, Start, SyncRequest, Target } from './services.ts'
import { showProgress } from './show-progress.ts'
import { addSyncOptions, type SyncOptions, syncSettings } from './sync-options.ts'
import { syncSummary } from './sync-summary.ts'
import { addTargetOptions, readTarget, type TargetOptions } from './target-options.ts'

const EXIT_CODES: Readonly<Record<SyncResult['outcome'], number>> = { complete: 0, partial: 2, failed: 1 }

const STOPPING =
  'Stopping after the pages in flight are saved; running it again resumes from there. Ctrl-C again stops at once.'

export function addSync(program: Command, start: Start): void {
  addSyncOptions(addTargetOptions(program.command('sync')))
    .summary('read a whole org into the database')
    .description(
      'Reads everything the credentials may read into the database. Ctrl-C stops after the pages in flight; running it again within a day resumes.\n\nExit code: 0 complete, 2 partial, 1 failed or stopped.',
    )
    .option('--incremental', 'read only what changed since the last sync; everything where there was none yet')
    .option('--plan', 'say how many requests it would take of each rate limit, and how long; read and store nothing')
    .option('--json', 'print one JSON object at the end; progress goes to stderr')
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall sync --domain acme.okta.com\n  rollcall sync --domain acme.okta.com --incremental\n  rollcall sync --domain acme.okta.com --plan\n  rollcall sync --domain acme.okta.com --client-id 0oa1b2C3d4E5f6G7h8i9 --private-key-file okta.pem\n  rollcall sync --domain acme.okta.com --log-days 30 --page-size application_users=200',
    )
    .action((options: TargetOptions & SyncOptions & { json?: boolean; incremental?: boolean; plan?: boolean }) =>
      start(async (services) => {
        const { output } = services
        const settings = syncSettings(options, services.resources)
        const target = await readTarget(services, options)
        const mode = options.incremental ? 'incremental' : 'full'
        if (options.plan) {
          showPlan(services, await services.planSync({ target, settings, mode }), target, options.json ?? false)
          return 0
        }
        const result = await syncWithProgress(services, { target, settings, mode, plain: options.json ?? false })
        if (options.json) output.print(JSON.stringify(result))
        else showResult(services, result)
        return EXIT_CODES[result.outcome]
      }),
    )
}

export async function syncWithProgress(
  services: Services,
  request: Pick<SyncRequest, 'target' | 'connectionId' | 'settings' | 'mode'> & { plain: boolean },
): Promise<SyncResult> {
  const { output, lifetime, clock } = services
  const stoppable = lifetime.stoppable(STOPPING)
  const view = showProgress(output, clock, {
    plain: request.plain,
    order: services.resources.map(({ name }) => name),
    rateShare: request.target.rateShare,
  })
  try {
    return await services.sync({
      ...request,
      stop: stoppable.signal,
      onOrg: ({ id, name }) => output.note(`Reading ${name ?? request.target.origin} (${id}).`),
      onProgress: view.onProgress,
    })
  } finally {
    view.close()
    stoppable.end()
  }
}

function showPlan({ output }: Services, plan: SyncPlan, { rateShare }: Target, isJson: boolean): void {
  const lines = isJson ? [JSON.stringify(plan)] : planTable(plan, rateShare, output.paint)
  for (const line of lines) output.print(line)
}

/** The table on stdout; what stopped it, and what to do, on stderr. */
export function showResult({ output }: Services, result: SyncResult): void {
  for (const line of syncSummary(result, output.paint, output.columns)) output.print(line)
  if (result.error) {
    const { message, remedy } = result.error
    output.note(`${output.paintNotes('red', 'Error:')} ${message} ${remedy}`)
  } else {
    output.print(`Connection ${result.connection_id}`)
  }
}
