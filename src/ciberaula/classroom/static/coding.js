// The coding room: units of an interview, a code to choose for each, and the book of codes at hand.

/** A form control like the others, but its fields are units with their text, and it says which of them are kept. */
function codingControl(spec, changed) {
  const words = spec.words;
  const codes = new Map(spec.book.flatMap((theme) => theme.codes.map((code) => [code.id, code])));
  const units = spec.turns.flatMap((turn) => turn.units);
  const book = _codingBook(spec);
  const drawn = units.map((unit, index) => _codingUnit(unit, index + 1, units.length, spec, codes, book, told));
  const bars = [_codingBar(words, units.length), _codingBar(words, units.length)];
  let kept = {};
  let failed = false;

  function told() {
    refresh();
    changed();
  }

  function refresh() {
    const open = drawn.find((unit) => !unit.get());
    const done = drawn.filter((unit) => unit.get()).length;
    for (const unit of drawn) unit.show(kept[unit.id] ?? null, failed);
    for (const bar of bars) bar.show(done, open, spec.compared);
  }

  let next = 0;
  const parts = spec.turns.map((turn) =>
    h(
      "div",
      { class: "ciberaula-turn" },
      turn.asked ? h("h4", {}, h("span", { class: "ciberaula-asked" }, words.asked), ` ${turn.asked}`) : null,
      ...turn.units.map(() => drawn[next++].element),
    ),
  );
  const element = h("div", { class: "ciberaula-coding" }, book.fold("ciberaula-book", words.book), bars[0].element, ...parts, bars[1].element);
  refresh();
  return {
    element,
    get() {
      return Object.fromEntries(drawn.filter((unit) => unit.get()).map((unit) => [unit.id, unit.get()]));
    },
    set(value) {
      for (const unit of drawn) unit.set((value && value[unit.id]) || "");
      refresh();
    },
    kept(state) {
      kept = state.value || {};
      failed = Boolean(state.status) && state.status.level === "error";
      refresh();
    },
    explain() {},
  };
}

/** The book, once: whatever fold is opened last has it, so that it is at hand beside every unit. */
function _codingBook(spec) {
  const entries = spec.book.flatMap((theme) => [
    theme.title ? h("h5", {}, theme.title) : null,
    ...theme.codes.map((code) => h("details", {}, h("summary", {}, code.name), h("div", { html: code.html }))),
  ]);
  const list = h("div", {}, ...entries);
  return {
    fold(className, title) {
      const made = h("details", { class: className }, h("summary", {}, title));
      made.addEventListener("toggle", () => {
        if (!made.open || list.parentElement === made) return;
        if (list.parentElement) list.parentElement.open = false;
        made.append(list);
      });
      return made;
    },
  };
}

/** One unit: what was said, the list of codes, what the book says of the one chosen, and whether it is kept. */
function _codingUnit(unit, number, total, spec, codes, book, told) {
  const words = spec.words;
  const ids = { head: newId("unit"), text: newId("said"), select: newId("code") };
  const saved = h("span", { class: "ciberaula-kept" });
  const about = book.fold("ciberaula-about", words.book);
  const summary = about.firstElementChild;
  const why = h("div", {});
  summary.after(why);
  const options = spec.book.flatMap((theme) => {
    const inside = theme.codes.map((code) => h("option", { value: code.id }, code.name));
    return theme.title ? [h("optgroup", { label: theme.title }, ...inside)] : inside;
  });
  const select = h(
    "select",
    { id: ids.select, "aria-describedby": ids.text, onchange: told },
    h("option", { value: "" }, spec.ui.choose),
    ...options,
  );
  return {
    id: unit.id,
    element: h(
      "div",
      { class: "ciberaula-unit", role: "group", "aria-labelledby": ids.head },
      h("p", { id: ids.head, class: "ciberaula-unit-head" }, h("strong", {}, fill(words.unit, { number, total })), ` ${unit.id}`),
      h("blockquote", { id: ids.text }, unit.text),
      h("label", { for: ids.select }, fill(words.code, { number }), saved),
      select,
      about,
    ),
    get: () => select.value || null,
    set: (value) => (select.value = value),
    focus() {
      select.focus({ preventScroll: true });
      select.closest(".ciberaula-unit").scrollIntoView({ block: "center" });
    },
    show(keptCode, failed) {
      const code = codes.get(select.value);
      const same = (select.value || null) === keptCode;
      saved.textContent = same ? (code ? `✓ ${words.kept}` : "") : failed ? `⚠ ${words.failed}` : `… ${words.keeping}`;
      if (about.dataset.code === select.value) return;
      about.dataset.code = select.value;
      summary.textContent = code ? fill(words.about, { name: code.shown }) : words.book;
      why.innerHTML = code ? code.html : "";
    },
  };
}

/** How far one has come, and a button to the next unit without a code, or to the comparison. */
function _codingBar(words, total) {
  const text = h("p", {});
  const progress = h("progress", { max: total, "aria-label": words.progress });
  let go = () => {};
  const button = h("button", { type: "button", class: "ciberaula-button", onclick: () => go() });
  return {
    element: h("div", { class: "ciberaula-coding-bar" }, text, progress, button),
    show(done, open, compared) {
      progress.value = done;
      text.textContent = open ? fill(words.done, { done, total }) : words.all;
      button.textContent = open ? (done ? words.next : words.begin) : words.compare;
      button.hidden = !open && !compared;
      go = () => {
        if (open) return open.focus();
        const result = button.closest(".ciberaula").querySelector(".ciberaula-result");
        result.focus({ preventScroll: true });
        result.scrollIntoView({ block: "start" });
      };
    },
  };
}
