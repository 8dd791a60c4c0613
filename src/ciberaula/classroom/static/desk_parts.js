// The pieces of the case desk's screens. Python says what there is (desk_parts.py); nothing is decided here.
// ``tools``: {ui, act(command, more), drafts, folds, forms}; ``act`` sends a command, which Python checks.

const PARTS = {
  heading: (part) => h("h5", { tabindex: "-1" }, part.text),
  html: (part) => h("div", { class: part.quiet ? "ciberaula-help" : null, html: part.html }),
  facts: _facts,
  table: _table,
  buttons: (part, tools) => h("div", { class: "ciberaula-actions" }, ...part.items.map((item) => _button(item, tools))),
  card: _card,
  fold: _fold,
  choice: _choice,
  conflicts: _conflicts,
  form: _form,
  tabs: _tabs,
};

/** Draw ``parts`` into ``place``; a piece that is the same as before stays, with what a person was doing in it. */
function drawParts(place, parts, tools) {
  const before = place.drawn || [];
  const now = parts.map((part, index) => {
    const text = JSON.stringify(part, _lasting);
    if (before[index] && before[index].text === text) return before[index];
    return { text, element: PARTS[part.kind](part, tools) };
  });
  place.drawn = now;
  now.forEach(({ element }, index) => {
    if (place.children[index] !== element) place.insertBefore(element, place.children[index] || null);
  });
  while (place.children.length > now.length) place.lastChild.remove();
}

/** How a piece begins (what a form is filled with, whether a fold is open) is the person's from then on. */
function _lasting(key, value) {
  return key === "values" || key === "open" ? undefined : value;
}

function _button(item, tools) {
  const note = item.note ? h("span", { class: "ciberaula-unseen" }, ` ${item.note}`) : null;
  return h(
    "button",
    {
      type: "button",
      class: item.main ? "ciberaula-button" : "ciberaula-button ciberaula-plain",
      onclick: () => tools.act(item.send),
    },
    item.text,
    note,
  );
}

function _facts(part) {
  const rows = part.rows.map(([name, text]) => h("div", {}, h("dt", {}, name), h("dd", {}, text)));
  return h("dl", { class: "ciberaula-facts" }, ...rows);
}

/** Rows turn into cards where there is little room; the roles keep it a table for those who hear it. */
function _table(part, tools) {
  const caption = h("caption", {}, part.caption);
  const heads = part.columns.map((name) => h("th", { scope: "col", role: "columnheader" }, name));
  const rows = part.rows.map((cells) =>
    h("tr", { role: "row" }, ...cells.map((cell, index) => _cell(cell, part.columns[index], index === 0, tools))),
  );
  if (!rows.length) return h("div", {}, h("h5", {}, part.caption), h("p", { class: "ciberaula-help" }, part.empty));
  return h(
    "table",
    { class: "ciberaula-rows", role: "table" },
    caption,
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...heads)),
    h("tbody", { role: "rowgroup" }, ...rows),
  );
}

function _cell(cell, column, first, tools) {
  const text = typeof cell === "string" ? cell : cell.text;
  const inside =
    typeof cell === "string"
      ? text
      : h("button", { type: "button", class: "ciberaula-link", onclick: () => tools.act(cell.send) }, text);
  const label = h("span", { class: "ciberaula-column", "aria-hidden": "true" }, column);
  const empty = text === "" ? "ciberaula-blank" : null;
  return first
    ? h("th", { scope: "row", role: "rowheader", class: empty }, label, inside)
    : h("td", { role: "cell", class: empty }, label, inside);
}

function _card(part, tools) {
  const mark = part.mark ? h("span", { class: "ciberaula-mark" }, part.mark) : null;
  const inside = h("div");
  drawParts(inside, part.parts, tools);
  return h("section", { class: "ciberaula-card" }, h("h5", {}, part.title, mark ? " " : null, mark), inside);
}

function _fold(part, tools) {
  const inside = h("div");
  drawParts(inside, part.parts, tools);
  const known = tools.folds.get(part.title);
  const element = h("details", { open: known ?? part.open }, h("summary", {}, part.title), inside);
  element.addEventListener("toggle", () => tools.folds.set(part.title, element.open));
  return element;
}

function _choice(part, tools) {
  const name = newId("choice");
  const problem = h("p", { class: "ciberaula-problem", role: "alert" });
  const rows = part.options.map((option) => {
    const id = newId("way");
    const input = h("input", { type: "radio", name, id, value: option.id });
    return h("div", { class: "ciberaula-pick ciberaula-option" }, input, h("label", { for: id, html: option.html }));
  });
  const group = h("fieldset", {}, h("legend", { class: "ciberaula-how" }, part.name), ...rows);
  const choose = h(
    "button",
    {
      type: "button",
      class: "ciberaula-button",
      onclick: () => {
        const chosen = group.querySelector("input:checked");
        problem.textContent = chosen ? "" : tools.ui.chooseFirst;
        if (chosen) tools.act({ ...part.send, option: chosen.value });
      },
    },
    part.submit,
  );
  return h("div", {}, group, problem, h("div", { class: "ciberaula-actions" }, choose));
}

/** Two versions of each thing side by side, and a choice between them; none is chosen beforehand. */
function _conflicts(part, tools) {
  const made = part.items.map((item) => {
    const name = newId("keep");
    const problem = h("p", { class: "ciberaula-problem", role: "alert" });
    const versions = item.versions.map((version) => {
      const id = newId("version");
      const told = newId("told");
      const rows = version.rows.map(([label, text]) => h("div", {}, h("dt", {}, label), h("dd", {}, text)));
      return h(
        "div",
        { class: "ciberaula-version" },
        h(
          "div",
          { class: "ciberaula-pick ciberaula-option" },
          h("input", { type: "radio", name, id, value: version.id, "aria-describedby": told }),
          h("label", { for: id }, version.name),
        ),
        h("div", { id: told }, h("p", { class: "ciberaula-help" }, version.when), h("dl", { class: "ciberaula-facts" }, ...rows)),
      );
    });
    const element = h(
      "fieldset",
      { class: "ciberaula-conflict" },
      h("legend", {}, item.title),
      h("div", { class: "ciberaula-versions" }, ...versions),
      h("p", { class: "ciberaula-help" }, part.note),
      problem,
    );
    element.addEventListener("change", () => {
      problem.textContent = "";
    });
    return { key: item.key, element, problem, chosen: () => element.querySelector("input:checked") };
  });
  const send = () => {
    const lacking = made.filter((one) => !one.chosen());
    for (const one of lacking) one.problem.textContent = part.lacking;
    if (lacking.length) {
      lacking[0].element.querySelector("input").focus();
      return;
    }
    tools.act({ ...part.send, keep: Object.fromEntries(made.map((one) => [one.key, one.chosen().value])) });
  };
  const submit = h("button", { type: "button", class: "ciberaula-button", onclick: send }, part.submit);
  return h("div", {}, ...made.map((one) => one.element), h("div", { class: "ciberaula-actions" }, submit));
}

function _tabs(part, tools) {
  const items = part.items.map((item) =>
    h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "ciberaula-tab",
          "aria-current": item.current ? "page" : null,
          onclick: () => tools.act(item.send),
        },
        item.text,
      ),
    ),
  );
  return h("nav", { class: "ciberaula-tabs", "aria-label": part.name }, h("ul", {}, ...items));
}

/** A form; what a person has begun to write in it is kept while she looks at something else. */
function _form(part, tools) {
  const mark = _whichMarked(part.fields);
  let made = [];
  const values = () => {
    const found = {};
    for (const field of made) {
      const value = field.get();
      if (value !== null) found[field.id] = value;
    }
    return found;
  };
  const saving = debounced(() => tools.act(part.send, { values: values() }, true), TYPING_PAUSE_MS);
  const refresh = () => {
    const now = new Map(made.map((field) => [field.id, field.get()]));
    for (const { element, when } of made) element.hidden = Boolean(when) && !when[1].includes(now.get(when[0]));
  };
  const changed = (whileTyping) => {
    refresh();
    tools.drafts.set(part.id, values());
    if (!part.saves) return;
    saving.later();
    if (whileTyping !== true) saving.flush();
  };
  made = part.fields.map((field) => fieldControl(field, tools.ui, mark, changed));
  const begun = tools.drafts.get(part.id) || part.values;
  for (const field of made) field.set(begun[field.id] ?? null);
  refresh();
  const refusal = h("p", { class: "ciberaula-refusal", hidden: true });
  const submit = part.saves ? null : h("button", { type: "submit", class: "ciberaula-button" }, part.submit);
  const leave = part.leave ? _button({ ...part.leave, main: false }, tools) : null;
  const element = h(
    "form",
    {
      class: "ciberaula-form",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        if (!part.saves) tools.act(part.send, { values: values() });
      },
    },
    ..._grouped(part, made),
    refusal,
    submit || leave ? h("div", { class: "ciberaula-actions" }, submit, leave) : null,
  );
  tools.forms.set(part.id, {
    element,
    flush: () => saving.flush(),
    /** What Python found wrong: ``problems`` (field -> why) and ``refused`` (why the desk did not do it). */
    tell(problems, refused) {
      for (const field of made) {
        const why = problems[field.id];
        const group = field.element.closest("details");
        if (why && group) group.open = true;
        field.explain(why ? { level: "error", word: tools.ui.lacking, why: _escaped(why) } : null);
        for (const input of field.element.querySelectorAll("input, select, textarea")) {
          if (why) input.setAttribute("aria-invalid", "true");
          else input.removeAttribute("aria-invalid");
        }
      }
      refusal.hidden = !refused;
      refusal.replaceChildren();
      if (refused) refusal.append(symbol("error"), ` ${refused}`);
    },
    wrong: () => element.querySelector("[aria-invalid=true]"),
    first: () => element.querySelector("input, select, textarea"),
  });
  return element;
}

/** Fields that belong together under the name of their group, which opens and closes. */
function _grouped(part, made) {
  const parts = [];
  let open = null;
  part.fields.forEach((field, index) => {
    const group = part.groups[index];
    if (!group) {
      parts.push(made[index].element);
    } else if (open && open.name === group) {
      open.inside.append(made[index].element);
    } else {
      open = { name: group, inside: h("div", { role: "group", "aria-label": group }, made[index].element) };
      const begun = field.required || made[index].get() !== null;
      parts.push(h("details", { class: "ciberaula-group", open: begun }, h("summary", {}, group), open.inside));
    }
  });
  return parts;
}

function _escaped(text) {
  return h("span", {}, text).innerHTML;
}
