import { Icon } from '../../ui/icon.tsx'
import { STEPS, type Step } from './state.ts'

const NAMES: Readonly<Record<Step, string>> = { domain: 'Domain', token: 'Token', check: 'Check', sync: 'Sync' }

/** The four steps, which of them are done, and where the person is. */
export function StepList({ current, isOver }: { readonly current: Step | null; readonly isOver: boolean }) {
  const now = current === null ? 0 : STEPS.indexOf(current)
  return (
    <ol class="steps" aria-label="Steps">
      {STEPS.map((step, index) => {
        const isDone = index < now || isOver
        return (
          <li key={step} class={isDone ? 'done' : ''} aria-current={index === now && !isOver ? 'step' : undefined}>
            <span class="number" aria-hidden={isDone || undefined}>
              {isDone ? <Icon name="good" /> : index + 1}
            </span>
            <span>
              {NAMES[step]}
              {isDone && <span class="visually-hidden"> (done)</span>}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
