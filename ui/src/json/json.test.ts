// JSON is shown as it came. Not in it: how it looks.
import { describe, expect, it } from "vitest";
import { member, parseJson, scalar } from "./parse";
import { compact, printJson } from "./print";

const printed = (text: string) =>
  printJson(text)
    .map((piece) => piece.text)
    .join("");

describe("R11 no field is changed by showing it", () => {
  it.each(["9007199254740993", "-0", "1e400", "0.10", "12345678901234567890.000", "1E+2"])("keeps the number %s as its text", (number) => {
    expect(printed(number)).toBe(number);
    expect(printed(`{"n":${number}}`)).toBe(`{"n": ${number}}`);
  });

  it("keeps the order of keys, number-like keys and keys that stand twice", () => {
    const json = parseJson('{"b":1,"2":2,"__proto__":3,"b":4}');
    expect(json && compact(json)).toBe('{"b": 1, "2": 2, "__proto__": 3, "b": 4}');
  });

  it("keeps escapes as they were written", () => {
    expect(printed('"caf\\u00e9 \\" \\\\"')).toBe('"caf\\u00e9 \\" \\\\"');
  });

  it("prints what reads as the same JSON again", () => {
    const text = '{"a":[1,[],{}, {"deep":[true,null,"x"]}],"long":["aaaaaaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]}';
    expect(JSON.parse(printed(text))).toEqual(JSON.parse(text));
  });

  it("puts short lists on one line and long ones on several", () => {
    expect(printed('["admin","editor"]')).toBe('["admin", "editor"]');
    expect(printed('{"a":{"b":1}}')).toBe('{\n  "a": {"b": 1}\n}');
  });
});

describe("P12 a bad text is shown, never thrown", () => {
  it.each(["", "{", "[1,]", "01", '{"a" 1}', "tru", "1 2", "<html>"])("gives %j back as it is", (text) => {
    expect(parseJson(text)).toBeNull();
    expect(printed(text)).toBe(text);
  });

  it("refuses a nest of a hundred thousand brackets without a stack overflow", () => {
    const bomb = "[".repeat(100_000) + "]".repeat(100_000);
    expect(parseJson(bomb)).toBeNull();
  });

  it("reads a string of ten million characters", () => {
    expect(scalar(parseJson(JSON.stringify("x".repeat(10_000_000))) ?? undefined)?.length).toBe(10_000_000);
  });
});

it("finds members and says what scalars say", () => {
  const json = parseJson('{"name":"Ada","id":9007199254740993,"on":true,"none":null}');
  expect(json && ["name", "id", "on", "none", "absent"].map((key) => scalar(member(json, key)))).toEqual([
    "Ada",
    "9007199254740993",
    "true",
    undefined,
    undefined,
  ]);
});
