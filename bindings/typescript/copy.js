// Copies files, on any system: `node copy.js FROM TO FROM TO …`.

import { copyFileSync } from "node:fs";

const names = process.argv.slice(2);
for (let at = 0; at < names.length; at += 2) {
  copyFileSync(names[at], names[at + 1]);
}
