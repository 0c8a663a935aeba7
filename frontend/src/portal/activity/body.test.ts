import { describe, expect, it } from "vitest";

import { bodyOf, cutOff, tokensOf } from "./body";

describe("bodyOf", () => {
  it("indents JSON", () => {
    expect(bodyOf('{"active":true}')).toEqual({ text: '{\n  "active": true\n}', json: true, masked: false });
  });
  it("leaves what it cannot read as it was kept", () => {
    const cut = bodyOf('{"userName":"jane');
    expect(cut).toEqual({ text: '{"userName":"jane', json: false, masked: false });
    expect(cutOff(cut)).toBe(true);
    expect(cutOff(bodyOf("<html>"))).toBe(false);
    expect(cutOff(bodyOf("{}"))).toBe(false);
  });
  it.each([
    ['{"userName":"j…@acme.com"}', true],
    ['{"userName":"jane@acme.com"}', false],
  ])("knows what is masked: %s", (text, masked) => {
    expect(bodyOf(text).masked).toBe(masked);
  });
});

describe("tokensOf", () => {
  const body = bodyOf('{"a \\" b:":"x: \\"1\\"","n":[-1.5,true,null],"m":"j…@a.b"}');
  it("loses nothing", () => {
    expect(
      tokensOf(body)
        .map((t) => t.text)
        .join(""),
    ).toBe(body.text);
  });
  it("tells keys from values", () => {
    const of = (kind: string) => tokensOf(body).flatMap((t) => (t.kind === kind ? [t.text] : []));
    expect(of("key")).toEqual(['"a \\" b:"', '"n"', '"m"']);
    expect(of("text")).toEqual(['"x: \\"1\\""']);
    expect(of("number")).toEqual(["-1.5"]);
    expect(of("word")).toEqual(["true", "null"]);
    expect(of("masked")).toEqual(['"j…@a.b"']);
  });
  it("does not take apart what is no JSON", () => {
    expect(tokensOf(bodyOf("plain 12"))).toEqual([{ kind: "plain", text: "plain 12" }]);
  });
});
