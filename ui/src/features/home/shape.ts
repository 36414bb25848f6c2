// Finds in unknown JSON what a person wants to read: rows, and in a row its title, remark, time, badge, progress or figure.
// Not in it: any knowledge of one server; the demo's rows are read like everyone's.
import { type Json, member, parseJson, scalar } from "../../json/parse";
import { compact } from "../../json/print";
import { formats, text } from "../../text";

export type RowView = {
  title: string;
  remark: string | null;
  /** Unix ms; null: none is told. */
  at: number | null;
  badge: string | null;
  /** 0 to 1. */
  progress: number | null;
  /** `large`: a number short enough to stand big on its own. */
  figure: { value: string; unit: string | null; change: string | null; large: boolean } | null;
  unread: boolean;
};

const TITLE = [
  "title",
  "name",
  "subject",
  "text",
  "label",
  "summary",
  "headline",
  "message",
  "full_name",
  "username",
  "email",
  "slug",
  "code",
];
const REMARK = ["body", "description", "detail", "content", "excerpt", "note"];
const TIME = ["created_at", "at", "updated_at", "happened_at", "timestamp", "date", "created", "modified", "published_at"];
const BADGE = ["status", "state", "priority"];
const LISTS = ["results", "items", "data", "rows", "entries", "value"];

/** The rows of a reply: an array, or the array inside an object, or the object as one row a member. Null: no JSON. */
export function rowsOf(body: string): Json[] | null {
  const json = parseJson(body);
  if (!json) return null;
  if (json.type === "array") return json.items;
  if (json.type !== "object") return [json];
  const named = LISTS.map((key) => member(json, key)).find((inner) => inner?.type === "array");
  const only = json.entries.map(([, value]) => value).filter((value) => value.type === "array");
  const list = named ?? (only.length === 1 ? only[0] : undefined);
  if (list?.type === "array") return list.items;
  return json.entries.map(([key, value]) => figureRow(key, value));
}

/** A member of an object, as a row that has a name and a value. */
function figureRow(key: string, value: Json): Json {
  return {
    type: "object",
    entries: [
      ["name", { type: "string", text: JSON.stringify(key), value: key }],
      ["value", value],
    ],
  };
}

export function describe(row: Json): RowView {
  const said = (...keys: string[]) => keys.map((key) => scalar(member(row, key))).find((value) => value !== undefined && value !== "");
  const value = member(row, "value");
  return {
    title: titleOf(row, said),
    remark: remarkOf(said),
    at: timeOf(said(...TIME)),
    badge: said(...BADGE) ?? null,
    progress: progressOf(said("progress")),
    figure: value ? figureOf(value, said("unit"), numberOf(said("change"))) : null,
    unread: said("read", "is_read") === "false",
  };
}

type Said = (...keys: string[]) => string | undefined;

function titleOf(row: Json, said: Said): string {
  const actor = said("actor", "user");
  const action = said("action", "verb");
  if (actor && action) return [actor, action, said("target", "object")].filter(Boolean).join(" ");
  return said(...TITLE) ?? scalar(row) ?? compact(row);
}

function remarkOf(said: Said): string | null {
  const remark = said(...REMARK);
  if (remark) return remark;
  const due = said("due_on", "due_at", "due");
  return [said("project", "owner", "category"), due && text.home.due(dayOf(due))].filter(Boolean).join(" · ") || null;
}

/** A day as the language writes it; what is no day stays as it is. */
function dayOf(value: string): string {
  const ms = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? value : formats().day(ms);
}

function timeOf(value: string | undefined): number | null {
  if (value === undefined) return null;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * (seconds > 1e11 ? 1 : 1000) : Date.parse(value);
  return Number.isFinite(ms) ? ms : null;
}

function progressOf(value: string | undefined): number | null {
  const number = numberOf(value);
  if (number === null || number < 0) return null;
  return Math.min(1, number > 1 ? number / 100 : number);
}

function figureOf(value: Json, unit: string | undefined, change: number | null): RowView["figure"] {
  const said = grouped(value);
  return {
    value: said,
    unit: !unit || unit === "count" ? null : unit === "percent" ? "%" : unit,
    change: change === null ? null : formats().change(change),
    large: value.type === "number" && said.length <= 12,
  };
}

/** A number with its thousands apart, unless a double would change it; anything else as it is. */
function grouped(value: Json): string {
  const said = scalar(value) ?? compact(value);
  return value.type === "number" && Math.abs(Number(said)) <= Number.MAX_SAFE_INTEGER ? formats().number(Number(said)) : said;
}

function numberOf(value: string | undefined): number | null {
  const number = Number(value);
  return value === undefined || value === "" || !Number.isFinite(number) ? null : number;
}

/** "api/open-tasks/" → "Open tasks". */
export function headingOf(path: string): string {
  const last = path.split(/[?#]/)[0]?.split("/").filter(Boolean).at(-1) ?? path;
  const words = decodeURIComponentOr(last).replaceAll(/[-_]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function decodeURIComponentOr(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
