// What HTML cannot do: paste a block of cells, carry the values in the address's fragment, copy. The page works without it.
"use strict";
const form = document.getElementById("calculator");
const cells = () => [...form.querySelectorAll("input[type=text]")];

function announce() { form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })); }

form?.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text");
  if (!/[\t\n]/.test(text.trim()) || event.target.tagName !== "INPUT") return;
  event.preventDefault();
  const rows = [...form.querySelectorAll("tr")].map((row) => [...row.querySelectorAll("input")]).filter((row) => row.length);
  const first = rows.findIndex((row) => row.includes(event.target));
  const column = rows[first].indexOf(event.target);
  text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, down) => {
    line.split("\t").forEach((value, across) => {
      const cell = rows[first + down]?.[column + across];
      if (cell) cell.value = value.trim();
    });
  });
  announce();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.copy) {
    const area = document.getElementById(button.dataset.copy);
    area.select();
    navigator.clipboard?.writeText(area.value);
  }
  if (button && "link" in button.dataset) {
    const values = new URLSearchParams();
    cells().filter((cell) => cell.value).forEach((cell) => values.set(cell.name, cell.value));
    const variant = form.elements.variant.value;
    const link = `${location.origin}/tis?variant=${encodeURIComponent(variant)}#${values}`;
    document.getElementById("link").textContent = link;
    navigator.clipboard?.writeText(link);
  }
});

if (form && location.hash.length > 1) {
  const values = new URLSearchParams(location.hash.slice(1));
  cells().forEach((cell) => { if (values.has(cell.name)) cell.value = values.get(cell.name).slice(0, 40); });
  addEventListener("load", announce);
}
