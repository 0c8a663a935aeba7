import { describe, expect, it } from "vitest";

import de from "../../i18n/de/guides.json";
import en from "../../i18n/en/guides.json";
import { roads } from "./roads";
import { guideOf, type GuideName, guides, type Step, valueOf } from "./steps";

type Texts = Record<string, Record<string, string | Record<string, string>>>;
const names = Object.keys(guides) as GuideName[];

describe.each([
  ["English", en],
  ["German", de],
])("guides in %s", (_, texts) => {
  const all = texts.steps as unknown as Texts;

  it.each(names)("%s has a title and a text for each step", (name) => {
    const own = all[name] ?? {};
    const shared = all[name.split("_")[0] ?? ""] ?? {};
    for (const { id } of guides[name] as Step[]) {
      const text = (own[id] ?? shared[id]) as Record<string, string> | undefined;
      expect(text, id).toMatchObject({ title: expect.stringMatching(/\S/), text: expect.stringMatching(/\S{2}/) });
      expect(text?.text?.match(/<em>/g)?.length ?? 0, id).toBe(text?.text?.match(/<\/em>/g)?.length ?? 0);
    }
  });

  it("has no text that no step shows", () => {
    for (const [key, steps] of Object.entries(all)) {
      const shown = names.filter((n) => n === key || n.startsWith(`${key}_`)).flatMap((n) => (guides[n] as Step[]).map((s) => s.id));
      for (const step of Object.keys(steps)) if (step !== "about") expect(shown, `${key}.${step}`).toContain(step);
    }
  });
});

describe("guideOf", () => {
  it("has a guide for each provider and road", () => {
    for (const [provider, list] of Object.entries(roads)) for (const { id } of list) expect(guides).toHaveProperty(guideOf(provider as keyof typeof roads, id));
    expect(guideOf("okta", "wizard")).toBe("okta_wizard");
    expect(guideOf("entra", "classic")).toBe("entra_classic");
    expect(guideOf("authentik", "default")).toBe("generic");
  });
});

describe("valueOf", () => {
  const values = { name: "Acme", baseUrl: "https://x.example/scim/v2/con1", token: "rstrtok1", entraUrl: "https://x.example/scim/v2/con1?aadOptscim062020" };
  it("fills in the connection's values", () => {
    expect(valueOf("baseUrl", values)).toBe(values.baseUrl);
    expect(valueOf("entraUrl", values)).toBe(values.entraUrl);
    expect(valueOf("header", values)).toBe("Bearer rstrtok1");
    expect(valueOf({ fixed: "curl" }, values)).toContain(`Bearer rstrtok1" "${values.baseUrl}/Users`);
  });
  it("never makes up a token that is gone", () => {
    expect(valueOf("token", { ...values, token: null })).toBeNull();
    expect(valueOf("header", { ...values, token: null })).toBeNull();
    expect(valueOf({ fixed: "curl" }, { ...values, token: null })).toContain("$TOKEN");
  });
});
