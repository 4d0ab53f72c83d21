// The table and data_table blocks.

import { h } from "./dom.js";
import { richText } from "./richtext.js";
import { textOf, unknown } from "./elements.js";

const PAGE = 5;

/** `table`: rows of cells, the first row being the head. */
export const table = (block, ctx) => grid(block, ctx, null, 0);

/** `data_table`: the same with a caption, a row header of choice, and pages. */
export function dataTable(block, ctx) {
  const caption = h("caption", {}, textOf(block.caption ?? "", ctx));
  const view = grid(block, ctx, caption, block.row_header_column_index ?? 0);
  const later = [...view.querySelectorAll("tbody tr")].slice(block.page_size ?? PAGE);
  if (!later.length) return view;
  for (const row of later) row.hidden = true;
  const all = h("button.button.quiet", { type: "button" }, `Show ${later.length} more ${later.length === 1 ? "row" : "rows"}`);
  all.addEventListener("click", () => {
    for (const row of later) row.hidden = false;
    all.remove();
    view.focus({ preventScroll: true });
  });
  return h("div", {}, view, all);
}

function grid(block, ctx, caption, rowHeader) {
  const settings = block.column_settings ?? [];
  const [head = [], ...rest] = block.rows ?? [];
  const align = (at) => ({ class: `align-${settings[at]?.align ?? "left"}${settings[at]?.is_wrapped ? " wrapped" : ""}` });
  const cell = (one, at) => h(at === rowHeader ? "th" : "td", { ...align(at), scope: at === rowHeader ? "row" : null }, cellOf(one, ctx));
  return h(
    "div.table-scroll",
    { tabindex: "0", role: "region", "aria-label": caption?.textContent || "Table" },
    h("table", {}, caption, h("thead", {}, h("tr", {}, head.map((one, at) => h("th", { ...align(at), scope: "col" }, cellOf(one, ctx))))), h("tbody", {}, rest.map((row) => h("tr", {}, row.map(cell))))),
  );
}

// A long e-mail address breaks behind its @, nowhere else if that is enough.
const soft = (text) => text.split(/(?<=@)/).flatMap((part, n) => (n ? [h("wbr"), part] : [part]));

function cellOf(cell, ctx) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "string" || typeof cell === "number") return String(cell);
  if (cell.type === "raw_text" || cell.type === "raw_number") return soft(String(cell.text ?? cell.value ?? ""));
  if (cell.type === "rich_text") return richText(cell, ctx);
  if (cell.type === "mrkdwn" || cell.type === "plain_text") return textOf(cell, ctx);
  return unknown("cell", cell);
}
