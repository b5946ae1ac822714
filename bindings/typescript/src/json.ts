/**
 * Writes a value as JSON that every reader takes: half a surrogate pair, which a cut emoji leaves behind, becomes U+FFFD,
 * as it does wherever a browser sends text. It is one character before and after, so offsets stay.
 */
export function json(value: unknown): string {
  // `JSON.stringify` writes whole pairs as they are, and halves as escapes.
  return JSON.stringify(value).replace(/\\(ud[89a-f][0-9a-f]{2}|[^])/g, (escape: string, after: string) =>
    after.length > 1 ? "\ufffd" : escape,
  );
}
