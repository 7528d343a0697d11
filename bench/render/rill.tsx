import { Markdown } from '../../components/markdown/markdown.tsx'
import { drive } from './driver.tsx'

// As an answer that is being written.
drive((text) => (
  <article aria-busy="true">
    <Markdown text={text} />
  </article>
))
