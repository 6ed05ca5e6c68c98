import type { Command } from 'commander'
import { wholeNumber } from './option-values.ts'
import type { Services, Start } from './services.ts'
import { counted } from './wording.ts'

const DEFAULT_CAPACITY = 4
const MOST = 64

/** Of a sync: one to save pages, one to hold the lease. And one to look for syncs, two to tell webhook endpoints. */
export const connectionsOfWorker = (capacity: number): number => 2 * capacity + 3

export const addWorkerOption = (command: Command): Command =>
  command.option('--workers <number>', 'syncs at the same time', wholeNumber(1, MOST), DEFAULT_CAPACITY)

const STOPPING =
  'Stopping: syncs save the pages in flight, and another worker goes on with them. Ctrl-C again stops at once.'

export function addWork(program: Command, start: Start): void {
  addWorkerOption(program.command('work'))
    .summary('run syncs, without serving the API')
    .description(
      'Runs the syncs that are due or asked for, beside any number of other `rollcall work` and `rollcall serve` processes on the same database. One that dies is stood in for within half a minute. Ctrl-C stops it in good order.',
    )
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgres://… ROLLCALL_ENCRYPTION_KEY=… rollcall work --workers 8')
    .action(({ workers }: { workers: number }) => start((services) => work(services, workers)))
}

async function work(services: Services, capacity: number): Promise<number> {
  const { output, lifetime } = services
  await services.sealer()
  await services.openDb({ connections: connectionsOfWorker(capacity) })
  const stoppable = lifetime.stoppable(STOPPING)
  const worker = await services.startWorker({ capacity })
  output.print(`Running the syncs that are due or asked for, ${counted(capacity, 'sync')} at the same time at most.`)
  await stoppable.stopped
  await worker.stop()
  return 0
}
