import { Component, type ComponentChildren } from 'preact'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'

/** What is shown where a page broke: nobody is left with an empty window. */
export class Boundary extends Component<{ readonly children?: ComponentChildren }, { readonly hasBroken: boolean }> {
  override state = { hasBroken: false }

  static override getDerivedStateFromError() {
    return { hasBroken: true }
  }

  override render() {
    if (!this.state.hasBroken) return this.props.children
    return (
      <main class="page">
        <Notice tone="bad" title="This page broke" live>
          <p>Nothing that is stored was touched. Load the page again; if it breaks again, report its address.</p>
          <p>
            <Button onClick={() => location.reload()}>Load again</Button>
          </p>
        </Notice>
      </main>
    )
  }
}
