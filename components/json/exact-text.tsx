import { memo } from 'react'
import { piecesOf } from './hidden-characters.ts'

/** A text in which nothing is hidden: characters that are not seen, or change the order of what is seen, stand as their code. */
export const ExactText = memo(function ExactText({ text }: { text: string }) {
  return (
    <bdi dir="ltr">
      {piecesOf(text).map((piece, index) =>
        piece.type === 'text' ? (
          piece.text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces do not move
          <span key={index} className="hidden-character" title="A character that is not seen">
            {piece.codePoint}
            {piece.count > 1 && ` × ${piece.count}`}
          </span>
        ),
      )}
    </bdi>
  )
})
