// What the theme leaves out: names for its two sidebars, and a way by keyboard into whatever scrolls sideways.
"use strict";
const block = (part) => {
  const plain = document.createElement("div");
  plain.className = "sig-line";
  plain.append(...part.childNodes);
  part.replaceWith(plain);
};
document.addEventListener("DOMContentLoaded", () => {
  const name = (chosen, words) => document.querySelectorAll(chosen).forEach((part) => part.setAttribute("aria-label", words));
  name(".sidebar-drawer", "All pages");
  name(".toc-drawer", "On this page");
  // A signature over several lines comes as a list that has no terms, which no screen reader can make sense of.
  document.querySelectorAll("dt.sig dl > dd").forEach(block);
  document.querySelectorAll("dt.sig dl").forEach(block);
  document.querySelectorAll(".highlight > pre, .table-wrapper").forEach((part, place) => {
    if (part.scrollWidth <= part.clientWidth) return;
    part.tabIndex = 0;
    part.setAttribute("role", "region");
    part.setAttribute("aria-label", `${part.matches("pre") ? "Example" : "Table"} ${place + 1}`);
  });
});
