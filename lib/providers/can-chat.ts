/** What models are called that do something else: they take no conversation, or answer it with sound and pictures only. */
const OTHER_WORK =
  /(^|[^a-z])(embed\w*|e5|bge|gte|minilm|rerank\w*|whisper|tts|dall|imagen?|moderations?|transcribe|speech|sora|veo|video|realtime|audio|babbage|davinci|aqa|lyria|live|clip|3\.5-turbo-instruct)([^a-z]|$)/i

/** False for models that cannot answer a conversation, as far as the name tells: few providers say it otherwise. */
export function canChat(id: string): boolean {
  return !OTHER_WORK.test(id)
}
