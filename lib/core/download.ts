/** A file that a verb makes while it is being sent, so that its size does not matter. */
export interface Download {
  /** ASCII, without quotes. */
  fileName: string
  contentType: string
  /** About how many lines it will have, where that is known: for whoever shows how far it is. */
  rowCount?: number
  /** In parts of a size that suits the network (some 10 to 100 kB). Nothing is read before it is asked for. */
  chunks: AsyncIterable<string>
}
