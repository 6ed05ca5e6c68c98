import type { Stream } from '../../connectors/connector.ts'
import type { AppError } from '../../errors.ts'
import type { SyncScope } from '../../model/scope.ts'
import type { Step } from '../../store/jobs.ts'
import { START } from '../checkpoint.ts'
import { deletesHeld } from '../finish-step.ts'
import { brokenOff, listedToTheEnd, type StepEnd } from '../outcome.ts'

/** Failures in a row, each after all its retries, after which a listing is left alone until the next round. */
const FAILURES = 3

/** What a round could not read, by the stream whose records it would have been. */
export class Troubles {
  readonly #first = new Map<string, AppError>()
  readonly #inARow = new Map<string, number>()
  readonly #refused = new Set<string>()
  readonly #read = new Set<string>()

  /** A listing or a record could be read: `reader` is the stream that it was read with. */
  none(reader: string, storedAs: string): void {
    this.#inARow.delete(reader)
    this.#read.add(storedAs)
  }

  /** It could not. */
  note(reader: string, storedAs: string, error: AppError): void {
    if (!this.#first.has(storedAs)) this.#first.set(storedAs, error)
    const failures = (this.#inARow.get(reader) ?? 0) + 1
    this.#inARow.set(reader, failures)
    const isRefusal = error.code === 'okta_scope_missing' || error.code === 'okta_feature_off'
    if (isRefusal || failures >= FAILURES) this.#refused.add(reader)
  }

  /** Whether nothing more is asked of a stream in this round. */
  isRefused(reader: string): boolean {
    return this.#refused.has(reader)
  }

  /** How the step of a stream ends. */
  endOf<Client>(stream: Stream<Client>, step: Step, scope: SyncScope): StepEnd {
    const error = this.#first.get(stream.name)
    if (error) return brokenOff(error, this.#read.has(stream.name))
    if (step.held_deletes > 0) return deletesHeld(step.held_deletes, scope)
    return listedToTheEnd(step, START, undefined, false)
  }
}
