// The real service on a free port, in a folder of its own, with API keys.

import { execFileSync, spawn } from "node:child_process";
import { constants, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
const program = process.env.ANSWER_GRADER ?? join(target, "debug/answer-grader");

/**
 * Starts the service. A build may replace the program meanwhile, so a copy of it runs.
 *
 * @param {{ environment?: Record<string, string>, keys?: boolean }} [options] `keys: false` makes none
 */
export async function serve({ environment = {}, keys = true } = {}) {
  if (!existsSync(program)) throw new Error(`there is no ${program}; run cargo build, or name it: ANSWER_GRADER=…`);
  const folder = mkdtempSync(join(tmpdir(), "answer-grader-client-"));
  const copy = join(folder, "answer-grader");
  copyFileSync(program, copy, constants.COPYFILE_FICLONE);
  const kept = Object.entries(process.env).filter(([name]) => !/_API_KEY$|^OPENAI_|^DATABASE_URL$|^ANSWER_GRADER/.test(name));
  const settings = { cwd: folder, env: { ...Object.fromEntries(kept), ...environment } };
  const makeKey = (/** @type {string} */ name, /** @type {string} */ scope, ...more) =>
    execFileSync(copy, ["key", "create", name, "--scope", scope, ...more], { ...settings, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  const key = keys ? makeKey("everything", "grade,read,review,references,admin", "--feedback", "full") : undefined;
  let child;
  const start = async (port = "0") => {
    child = spawn(copy, ["serve", "--listen", `127.0.0.1:${port}`], { ...settings, stdio: ["ignore", "ignore", "pipe"] });
    return listening(child);
  };
  const kill = async (/** @type {NodeJS.Signals} */ signal = "SIGKILL") => {
    const ended = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await ended;
  };
  const address = await start();
  return {
    address,
    key,
    makeKey,
    /** Has the service stop as it does for SIGTERM, and starts it anew on the same port and database a while later. */
    restart: async (/** @type {number} */ after) => {
      await kill("SIGTERM");
      await new Promise((done) => setTimeout(done, after));
      await start(new URL(address).port);
    },
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The address that a service says it listens on. */
async function listening(/** @type {import("node:child_process").ChildProcess} */ child) {
  let log = "";
  child.stderr?.setEncoding("utf8");
  const address = await new Promise((found, failed) => {
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`the service ended (${code}):\n${log}`)));
    child.stderr?.on("data", (text) => {
      log += text;
      const told = log.match(/listening on (http:\/\/127\.0\.0\.1:\d+)/);
      if (told) found(told[1]);
    });
  });
  child.removeAllListeners("exit");
  return /** @type {string} */ (address);
}
