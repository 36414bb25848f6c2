import { describe, expect, it } from "vitest";
import { claimsOf } from "./claims";

const text = (json: string) => claimsOf(json).map(({ name, text }) => [name, text]);

describe("claims", () => {
  it("keeps big and odd numbers exactly as the server wrote them", () => {
    const json = '{"id":9007199254740993,"exp":1790000000.5,"huge":1e400,"nested":{"n":10000000000000000001}}';
    expect(text(json)).toEqual([
      ["exp", "1790000000.5"],
      ["id", "9007199254740993"],
      ["huge", "1e400"],
      ["nested", '{"n": 10000000000000000001}'],
    ]);
  });

  it("is not misled by commas, colons, braces and quotes inside strings (P12)", () => {
    expect(text('{"a":"x,\\"y\\":}","b{":[1,{"c":"]"}],"d":""}')).toEqual([
      ["a", 'x,"y":}'],
      ["b{", '[1, {"c": "]"}]'],
      ["d", ""],
    ]);
  });

  it("puts the registered claims first and explains them, others are custom", () => {
    const rows = claimsOf('{"team":"a","sub":"7","exp":20,"iat":10,"toString":1}');
    expect(rows.map(({ name, means }) => `${name}: ${means}`)).toEqual([
      "iat: issued at",
      "exp: expires at",
      "sub: who (subject)",
      "team: custom",
      "toString: custom",
    ]);
  });

  it("reads times only where they are numbers of the clock (P12)", () => {
    const rows = claimsOf('{"exp":1790000000,"iat":"1790000000","nbf":1e999,"ttl":5}');
    expect(rows.map(({ name, seconds }) => [name, seconds])).toEqual([
      ["iat", null],
      ["exp", 1_790_000_000],
      ["nbf", null],
      ["ttl", null],
    ]);
  });

  it("gives no rows for what is no object", () => {
    for (const json of ["", "null", "[1]", "3", '{"a":', "{}"]) expect(claimsOf(json)).toEqual([]);
  });
});
