// Ids made from texts, as `bank import` makes them: the content words, without accents.

const LONGEST = 60;

// Words that tell nothing of what a text is about.
const SMALL = new Set(
  ("a an and are as at be by can could describe did discuss do does explain for from had has have how if in into is it its " +
    "me of on or please should so tell than that the their them then there these they this to was were what when where which " +
    "while who why will with would you your i we not no but about between use used").split(" "),
);

/**
 * Makes an id of a text; empty where nothing of it can stand in one.
 *
 * @param {string} text
 * @param {number} [most] how many words are taken
 * @returns {string}
 */
export function slug(text, most = 6) {
  const words = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/['’]s\b/g, "")
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const telling = words.filter((word) => !SMALL.has(word));
  let id = "";
  for (const word of (telling.length > 0 ? telling : words).slice(0, most)) {
    const longer = id === "" ? word : `${id}-${word}`;
    if (longer.length > LONGEST && id !== "") break;
    id = longer.slice(0, LONGEST);
  }
  return id;
}

/**
 * Makes an id that none of the others has.
 *
 * @param {string} text
 * @param {string} kind what it is called where the text has no usable words
 * @param {readonly string[]} others
 * @param {number} [most]
 * @returns {string}
 */
export function newId(text, kind, others, most) {
  const first = slug(text, most) || kind;
  let id = first;
  for (let count = 2; others.includes(id); count += 1) {
    const end = `-${count}`;
    id = first.slice(0, LONGEST - end.length) + end;
  }
  return id;
}
