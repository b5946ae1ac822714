// The snippets of README.md.

import { readFileSync } from "node:fs";

/**
 * Reads them in their order.
 *
 * @returns {{ language: string, code: string, line: number, prints: string | undefined }[]}
 */
export function snippets() {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```(.+)\n([^]*?)^```$/gm)].map(({ 1: language = "", 2: code = "", index }) => ({
    language,
    code,
    line: text.slice(0, index).split("\n").length,
  }));
  return blocks
    .map((block, at) => ({ ...block, prints: blocks[at + 1]?.language === "text" ? blocks[at + 1]?.code : undefined }))
    .filter(({ language }) => language !== "text");
}
