import { evidenceRange } from "../evidence.js";
import type { TextRange } from "../evidence.js";
import type { ConceptGrade, Evidence, Flag, Grade } from "../types.js";

/** A passage of the answer: `answer.slice(range.start, range.end)`. `start` and `end` count characters, as over HTTP. */
export type PlacedEvidence = Evidence & { readonly range: TextRange };

/** A concept with its verdict, and where the answer shows it. */
export type PlacedConceptGrade = Omit<ConceptGrade, "evidence"> & { evidence?: PlacedEvidence | null };

/** A misconception that the answer asserts, and where. */
export type PlacedMisconceptionGrade = Omit<Grade["misconceptions"][number], "evidence"> & { evidence?: PlacedEvidence | null };

/** Something noticed in an answer, with its `range` where it is about one passage. */
export type PlacedFlag = Flag & { readonly range?: TextRange };

/** A grade in the form of the service's, with places as JavaScript counts beside those of the API. */
export type CoreGrade = Omit<Grade, "concepts" | "misconceptions" | "flags"> & {
  concepts: PlacedConceptGrade[];
  misconceptions: PlacedMisconceptionGrade[];
  flags: PlacedFlag[];
};

/** Reads a grade of the module, and finds its places in the answer. */
export function placed(answer: string, json: string): CoreGrade {
  const grade = JSON.parse(json) as Grade;
  const shown = <Judged extends { evidence?: Evidence | null }>(judged: Judged) =>
    judged.evidence == null
      ? { ...judged, evidence: judged.evidence }
      : { ...judged, evidence: { ...judged.evidence, range: evidenceRange(answer, judged.evidence) } };
  return {
    ...grade,
    concepts: grade.concepts.map(shown) as PlacedConceptGrade[],
    misconceptions: grade.misconceptions.map(shown) as PlacedMisconceptionGrade[],
    flags: grade.flags.map((flag) =>
      flag.start === undefined || flag.end === undefined
        ? flag
        : { ...flag, range: evidenceRange(answer, { start: flag.start, end: flag.end }) },
    ),
  };
}
