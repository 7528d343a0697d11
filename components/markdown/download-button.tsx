'use client'

interface DownloadButtonProps {
  text: string
  fileName: string
  label: string
  mediaType?: string
}

/** Saves a text as a file, without asking the server. */
export function DownloadButton({ text, fileName, label, mediaType = 'text/plain' }: DownloadButtonProps) {
  const download = () => {
    const url = URL.createObjectURL(new Blob([text], { type: mediaType }))
    const link = document.createElement('a')
    link.href = url
    link.download = fileName
    link.click()
    // The download has begun with the click, but reads the text after it.
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  }
  return (
    <button type="button" className="quiet-button" aria-label={label} onClick={download}>
      Download
    </button>
  )
}
