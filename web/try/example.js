// What the form holds when the page opens: a question and an answer that has some of it.

/** @typedef {import("../shared/api.js").Schemas["GradeRequest"]} GradeRequest */

/** @type {GradeRequest} */
export const EXAMPLE = {
  question: "What does a database index do, and what does it cost?",
  reference_answer:
    "An index is a sorted structure, usually a B-tree, that lets the database find rows without reading the whole " +
    "table. It speeds up queries that filter, join or sort by the indexed columns. In return every insert, update " +
    "and delete becomes slower, because the index has to be kept up to date, and it takes disk space.",
  concepts: [
    {
      id: "fast-lookup",
      text: "An index finds rows without reading the whole table",
      weight: 3,
      aliases: ["avoids a full table scan", "makes lookups faster"],
      required: true,
    },
    {
      id: "sorted-structure",
      text: "It is a sorted structure, usually a B-tree",
      weight: 1,
      aliases: ["B-tree", "kept in sorted order"],
    },
    {
      id: "slower-writes",
      text: "Inserts, updates and deletes become slower because the index has to be kept up to date",
      weight: 2,
      aliases: ["writes cost more", "slows down writes"],
    },
    { id: "disk-space", text: "It takes additional disk space", weight: 1, aliases: ["uses storage"] },
  ],
  candidate_answer:
    "An index lets the database find rows without reading the whole table, so a query that filters by an indexed " +
    "column is much faster. It is a kind of tree. The price is that inserts become slower, as the index has to " +
    "change as well.",
  max_points: 10,
};

/** @type {GradeRequest} */
export const EMPTY = { question: "", reference_answer: "", candidate_answer: "" };
