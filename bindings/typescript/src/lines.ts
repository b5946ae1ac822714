/** Splits text at the ends of its lines, as it comes. The last line is given even where nothing ends it. */
export async function* lines(pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const piece of pieces) {
    // A carriage return may be half of an end that is still to come.
    const parts = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest.replace(/\r$/, "");
}
