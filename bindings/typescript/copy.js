// Copies files and folders, on any system: `node copy.js FROM TO FROM TO …`.

import { cpSync } from "node:fs";

const names = process.argv.slice(2);
for (let at = 0; at < names.length; at += 2) {
  cpSync(names[at], names[at + 1], { recursive: true });
}
