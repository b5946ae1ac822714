// Short names for what the API gives and takes.

/** @typedef {import("../shared/api.js").Schemas} Schemas */
/** @typedef {Schemas["Record"]} Kept */
/** @typedef {Schemas["Grade"]} Grade */
/** @typedef {Schemas["Listed"]} Listed */
/** @typedef {Schemas["ReviewView"]} Review */
/** @typedef {Schemas["ReviewRequest"]} ReviewRequest */
/** @typedef {Schemas["Verdict"]} Verdict */
/** @typedef {Schemas["Evidence"]} Evidence */
/** @typedef {Schemas["Session"]} Session */

export {};
