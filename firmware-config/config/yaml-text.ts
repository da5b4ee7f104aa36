import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import type { AppError } from "../kit/errors.ts";
import { configError, fileError, type Path, type Problem } from "./problem.ts";

import { MOST_LEVELS, tooDeepAt } from "./yaml-depth.ts";

const MAX_ALIASES = 100;

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A YAML text, what it says, and where it says it. */
export class YamlText {
  readonly value: unknown;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  /** Throws `AppError` CONFIG_INVALID, with the places, for what is not one YAML document. */
  constructor(text: string, file: string) {
    this.#refuseDepth(text, file);
    try {
      // yaml: keeps the place of every node. Its own search for keys that come twice is quadratic, and its errors repeat the text.
      const options = { lineCounter: this.#lines, uniqueKeys: false, prettyErrors: false };
      this.#document = parseDocument(text, options);
      this.#refuseErrors(file);
      this.#refuseTwins(file);
      this.#refuseUnwritable(file);
    } catch (error) {
      if (error instanceof RangeError) throw fileError(file, "nested too deep");
      throw error;
    }
    this.value = contentOf(this.#document, file);
  }

  /** Where the node at `path` is, or its nearest ancestor that is written down. */
  placeOf(path: Path): Place {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = this.#document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return this.#placeAt(node.range[0]);
    }
    return this.#placeAt(0);
  }

  /** Where `key` stands in the map at `path`. */
  placeOfKey(path: Path, key: string): Place {
    const map = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    const keys = isMap(map) ? map.items.map((pair) => pair.key) : [];
    const node = keys.find((one) => isScalar(one) && String(one.value) === key);
    return isScalar(node) && node.range ? this.#placeAt(node.range[0]) : this.placeOf(path);
  }

  /** Before the parser sees it: its recursion ends in errors that nobody can read, or ends the process. */
  #refuseDepth(text: string, file: string): void {
    const offset = tooDeepAt(text);
    if (offset === undefined) return;
    const before = text.slice(0, offset);
    const place = { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
    throw configError(file, [{ path: [], ...place, text: `nested deeper than ${MOST_LEVELS} levels` }]);
  }

  #refuseErrors(file: string): void {
    const errors = [...this.#document.errors, ...this.#document.warnings];
    const problems = errors.map((error) => ({ path: [], ...this.#placeAt(error.pos[0]), text: sayError(error) }));
    if (problems.length > 0) throw configError(file, problems);
  }

  #refuseTwins(file: string): void {
    const offsets: number[] = [];
    visit(this.#document, { Map: (_, map) => void offsets.push(...twinsOf(map)) });
    const text = "this key is there twice";
    if (offsets.length > 0)
      throw configError(
        file,
        offsets.map((at) => ({ path: [], ...this.#placeAt(at), text })),
      );
  }

  /** What YAML can escape and nobody can be given: a program, a file's name, an address, a broker. */
  #refuseUnwritable(file: string): void {
    const text =
      "holds a NUL character or half a surrogate pair, which no program and no file can be given; leave it out";
    const problems: Problem[] = [];
    visit(this.#document, {
      Scalar: (key, node, above) => {
        // Of keys only known ones are taken.
        if (key === "key" || typeof node.value !== "string" || isWritable(node.value)) return;
        problems.push({ path: pathOf([...above, node]), ...this.#placeAt(node.range?.[0] ?? 0), text });
      },
    });
    if (problems.length > 0) throw configError(file, problems);
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

const isWritable = (text: string) => text.isWellFormed() && !text.includes("\0");

/** The steps from the first of these nodes, each of which stands in the one before, to the last. */
function pathOf(nodes: readonly unknown[]): Path {
  return nodes.flatMap((node, at): Path => {
    if (isPair(node)) return [isScalar(node.key) ? String(node.key.value) : ""];
    return isSeq(node) ? [node.items.indexOf(nodes[at + 1])] : [];
  });
}

/** Offsets of the keys that were there before. */
function twinsOf(map: YAMLMap): readonly number[] {
  const seen = new Set<string>();
  const keys = map.items.map(({ key }) => key).filter(isScalar);
  return keys.filter(({ value }) => seen.size === seen.add(String(value)).size).map(({ range }) => range?.[0] ?? 0);
}

/** The parser's words without the text that it quotes, which may be a secret. */
function sayError({ code, message }: YAMLError): string {
  if (code === "MULTIPLE_DOCS") return "a second document begins; only one is allowed";
  return message.replace(/: ".*$/s, "");
}

function contentOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch {
    throw tooManyAliases(file);
  }
}

function tooManyAliases(file: string): AppError {
  return fileError(file, `aliases (*name) that go round or stand for too much; at most ${MAX_ALIASES} are allowed`);
}
