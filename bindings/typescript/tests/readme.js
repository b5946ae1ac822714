// The snippets of README.md, and those in TypeScript of the project's.

import { readFileSync } from "node:fs";

/**
 * Reads them in their order.
 *
 * @returns {{ language: string, code: string, place: string, prints: string | undefined }[]}
 */
export function snippets() {
  return [...read("README", "../README.md"), ...read("project", "../../../README.md").filter(({ language }) => language === "ts")];
}

function read(name, file) {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```(.+)\n([^]*?)^```$/gm)].map(({ 1: language = "", 2: code = "", index }) => ({
    language,
    code,
    place: `${name}_${text.slice(0, index).split("\n").length}`,
  }));
  return blocks
    .map((block, at) => ({ ...block, prints: blocks[at + 1]?.language === "text" ? blocks[at + 1]?.code : undefined }))
    .filter(({ language }) => language !== "text");
}
