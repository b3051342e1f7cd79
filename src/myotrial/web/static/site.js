// What HTML cannot do: paste a block of cells, carry values in the address's fragment, copy, sliders, Enter goes on.
// Every page works without it. Listeners stand on the document, for htmx puts new forms and results in place.
"use strict";
const calculator = () => document.getElementById("calculator");
const tell = (cell) => cell.dispatchEvent(new Event("input", { bubbles: true }));
const gridOf = (cell) => [...cell.closest("table").rows].map((row) =>
  [...row.cells].map((each) => each.querySelector("input[inputmode]")).filter(Boolean)).filter((row) => row.length);
let sliders = false;

document.addEventListener("paste", (event) => {
  const cell = event.target;
  const text = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "");
  if (!/[\t\n]/.test(text) || cell.type !== "text" || !cell.closest("#calculator table")) return;
  event.preventDefault();
  const rows = [...calculator().querySelectorAll("table")].flatMap((table) => gridOf(table.rows[0].cells[0]));
  const first = rows.findIndex((row) => row.includes(cell));
  const column = rows[first].indexOf(cell);
  text.split("\n").forEach((line, down) => line.split("\t").forEach((value, across) => {
    const found = rows[first + down]?.[column + across];
    if (found) found.value = value.trim();
  }));
  tell(cell);
});

document.addEventListener("keydown", (event) => {
  const cell = event.target;
  if (event.key !== "Enter" || event.ctrlKey || cell.type !== "text" || !cell.closest("#calculator table")) return;
  const rows = gridOf(cell);
  const down = rows.findIndex((row) => row.includes(cell));
  const column = rows[down].indexOf(cell);
  const next = rows.slice(down + 1).find((row) => row[column])?.[column] ?? rows.find((row) => row[column + 1])?.[column + 1];
  if (!next) return; // the last cell: Enter computes
  event.preventDefault();
  next.focus();
  next.select();
});

document.addEventListener("input", ({ target }) => {
  const pair = target.closest("td");
  const text = pair?.querySelector("input[inputmode]"), box = pair?.querySelector(".nd input");
  if (target.type === "range") { text.value = target.value; tell(text); }
  if (target === box && box.checked) text.value = "";
  if (target === text && box && text.value) box.checked = false;
  if (target === text) { const range = pair.querySelector("input[type=range]"); if (range) range.value = Number(text.value.replace(",", ".")); }
  if ("sliders" in target.dataset) { sliders = target.checked; dress(); }
});

function dress() { // a slider beside each line, which has its plain field first
  document.querySelectorAll("[data-sliders]").forEach((box) => { box.checked = sliders; });
  document.querySelectorAll("[data-line]").forEach((text) => {
    text.parentElement.querySelector("input[type=range]")?.remove();
    if (!sliders) return;
    const mm = text.dataset.line === "mm";
    const range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: mm ? 100 : 10, step: mm ? 1 : 0.1 });
    range.value = text.value ? Number(text.value.replace(",", ".")) : 0;
    range.setAttribute("aria-label", `${text.getAttribute("aria-label")}, slider`);
    text.after(range);
  });
}

document.addEventListener("htmx:beforeRequest", (event) => { // what a button asked for is not overtaken by a late key
  if (event.detail.elt === calculator() && document.querySelector("button.htmx-request")) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", () => { // what is at fault is marked while someone types
  if (sliders) dress();
  const wrong = new Set([...document.querySelectorAll("#summary [data-field]")].map((link) => link.dataset.field));
  document.querySelectorAll("#calculator input[id]").forEach((cell) => {
    if (cell.closest("#sheet")) return;
    const told = (cell.getAttribute("aria-describedby") ?? "").replace(/ ?summary/, "");
    cell.setAttribute("aria-describedby", wrong.has(cell.id) ? `${told} summary`.trim() : told);
    cell.toggleAttribute("aria-invalid", wrong.has(cell.id));
    if (wrong.has(cell.id)) cell.setAttribute("aria-invalid", "true");
  });
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button && "print" in button.dataset) print();
  if (!button?.dataset.copy) return;
  const from = document.getElementById(button.dataset.copy);
  from.select?.();
  await navigator.clipboard?.writeText(from.value ?? from.href);
  document.getElementById("copied")?.replaceChildren("Copied.");
});

function recall() { // the values of a link stand after its #, and go to this server in the body of a request
  if (!calculator() || !location.hash.includes("=")) return;
  htmx.ajax("POST", "/tis", { values: { entry: location.hash.slice(1) }, target: "#main", select: "#main", swap: "outerHTML" });
}
addEventListener("hashchange", recall);
addEventListener("DOMContentLoaded", recall);
