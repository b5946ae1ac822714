// A request to grade as code, in the languages that call this service.

import { jsonText, pythonLiteral, rustRaw, shellQuoted } from "./literals.js";

/** @typedef {import("../shared/api.js").Schemas["GradeRequest"]} GradeRequest */
/** @typedef {(request: GradeRequest, url: string, key: boolean) => string} Write */

/** Holds the API key where one is needed: a key belongs into no source text. */
export const KEY = "ANSWER_GRADER_KEY";

/** @type {Write} */
function curl(request, url, key) {
  const lines = [
    `curl -sS ${shellQuoted(url)}`,
    ...(key ? [`-H "Authorization: Bearer $${KEY}"`] : []),
    "-H 'Content-Type: application/json'",
    `--data-binary ${shellQuoted(jsonText(request))}`,
  ];
  return `${lines.join(" \\\n  ")}\n`;
}

/** @type {Write} */
function rust(request, url, key) {
  const body = rustRaw(jsonText(request));
  return `// Cargo.toml: reqwest = "0.13", serde_json = "1", tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
const REQUEST: &str = ${body};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let response = reqwest::Client::new()
        .post(${JSON.stringify(url)})
        .header("Content-Type", "application/json")${key ? `\n        .bearer_auth(std::env::var("${KEY}")?)` : ""}
        .body(REQUEST)
        .send()
        .await?;
    let graded = response.status().is_success();
    let text = response.text().await?;
    if !graded {
        return Err(text.into());
    }
    let grade: serde_json::Value = serde_json::from_str(&text)?;
    println!("score {}, missing {}", grade["score"], grade["missing_concepts"]);
    Ok(())
}
`;
}

/** @type {Write} */
function python(request, url, key) {
  const headers = key
    ? `{"Content-Type": "application/json", "Authorization": f"Bearer {os.environ['${KEY}']}"}`
    : '{"Content-Type": "application/json"}';
  return `import json
${key ? "import os\n" : ""}import sys
import urllib.error
import urllib.request

request = ${pythonLiteral(request)}
call = urllib.request.Request(
    ${JSON.stringify(url)},
    data=json.dumps(request).encode(),
    headers=${headers},
)
try:
    with urllib.request.urlopen(call) as response:
        grade = json.load(response)
except urllib.error.HTTPError as error:
    sys.exit(error.read().decode())
print("score", grade["score"], "missing", grade["missing_concepts"])
`;
}

/** @type {Write} */
function typescript(request, url, key) {
  return `// grade.mts: node grade.mts, with Node 22.18 or newer
const request = ${jsonText(request)};

const response = await fetch(${JSON.stringify(url)}, {
  method: "POST",
  headers: {
    "Content-Type": "application/json",${key ? `\n    Authorization: \`Bearer \${process.env.${KEY}}\`,` : ""}
  },
  body: JSON.stringify(request),
});
if (!response.ok) throw new Error(await response.text());
const grade = (await response.json()) as {
  score: number | null;
  missing_concepts: { id: string; text?: string }[];
};
console.log("score", grade.score, "missing", grade.missing_concepts);
`;
}

/** @type {readonly {name: string, write: Write}[]} */
export const LANGUAGES = [
  { name: "curl", write: curl },
  { name: "Rust", write: rust },
  { name: "Python", write: python },
  { name: "TypeScript", write: typescript },
];
