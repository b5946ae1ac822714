import { lines } from "./lines.js";

/** A server-sent event. */
export interface ServerSentEvent {
  /** Its kind, `message` where it does not say. */
  readonly event: string;
  readonly data: string;
}

/**
 * Reads server-sent events, as the HTML standard says: what `EventSource` does, which cannot send a key. Comments, by
 * which a connection is kept alive, are passed over, and so is an event that breaks off.
 */
export async function* events(pieces: AsyncIterable<string>): AsyncGenerator<ServerSentEvent, void, undefined> {
  let event = "";
  let data: string[] = [];
  for await (const line of lines(pieces)) {
    if (line === "") {
      if (data.length > 0) yield { event: event || "message", data: data.join("\n") };
      event = "";
      data = [];
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
  }
}
