import { describe, expect, it } from "vitest";

type Texts = { [key: string]: string | Texts };
const files = import.meta.glob<{ default: Texts }>("./*/*.json", { eager: true });
const namesOf = (language: string) =>
  Object.keys(files)
    .filter((f) => f.startsWith(`./${language}/`))
    .map((f) => f.slice(language.length + 3))
    .sort();

function flat(texts: Texts, prefix = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
}
const placeholders = (text: string) => [...text.matchAll(/{{(\w+)/g)].map((m) => m[1]).sort();
const read = (language: string, name: string) => flat(files[`./${language}/${name}`]?.default ?? {});

describe("texts", () => {
  it("has the same files in each language", () => {
    expect(namesOf("de")).toEqual(namesOf("en"));
    expect(namesOf("en").length).toBeGreaterThan(5);
  });

  it.each(namesOf("en"))("%s is complete in German", (name) => {
    const en = new Map(read("en", name));
    const de = new Map(read("de", name));
    expect([...de.keys()].sort()).toEqual([...en.keys()].sort());
    for (const [key, text] of en) {
      expect(text.trim(), key).not.toBe("");
      expect(de.get(key)?.trim(), key).not.toBe("");
      expect(placeholders(de.get(key) ?? ""), key).toEqual(placeholders(text));
    }
  });
});
