// Small helpers that all parts of the front end share. Python joins the files of this folder into one module.

let lastId = 0;

/** An id that no other widget on the page has. */
function newId(name) {
  lastId += 1;
  return `ciberaula-${name}-${lastId}-${Math.random().toString(36).slice(2, 8)}`;
}

/** An element with attributes (``on…`` listeners, ``html`` trusted markup made by Python) and children. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "html") element.innerHTML = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SYMBOLS = { correct: "✓", partial: "◐", incorrect: "✗", info: "ℹ", ok: "✓", error: "⚠" };

function symbol(level) {
  return h("span", { class: "ciberaula-symbol", "aria-hidden": "true" }, SYMBOLS[level] || "");
}

/** Put a verdict in words, with its reason, into ``place``; an empty ``remark`` clears it. */
function showRemark(place, remark) {
  place.replaceChildren();
  place.hidden = !remark;
  place.className = "ciberaula-why";
  if (!remark) return;
  place.classList.add(`ciberaula-${remark.level}`);
  place.append(symbol(remark.level), h("strong", {}, `${remark.word}.`), " ", h("span", { html: remark.why }));
}

/** Call ``action`` once things have been quiet for ``wait`` milliseconds; ``flush`` calls it now if it is due. */
function debounced(action, wait) {
  let timer = null;
  const run = () => {
    timer = null;
    action();
  };
  return {
    later() {
      clearTimeout(timer);
      timer = setTimeout(run, wait);
    },
    flush() {
      if (timer === null) return;
      clearTimeout(timer);
      run();
    },
    get due() {
      return timer !== null;
    },
  };
}

/** A number as written in Spanish or English; ``null`` for nothing, ``NaN`` for what is no number. */
function parseNumber(text) {
  const plain = text.trim().replace(/\s/g, "");
  if (plain === "") return null;
  return /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/.test(plain) ? Number(plain.replace(",", ".")) : NaN;
}

function numberText(value) {
  return value === null || value === undefined ? "" : String(value).replace(".", ",");
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}
