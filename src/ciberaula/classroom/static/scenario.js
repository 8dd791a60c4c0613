// A branching decision scenario. Python holds the story; this draws the moment that ``state.story`` describes.

function drawStory(place, story, ui, send) {
  place.replaceChildren();
  const arrival = story.last ? _consequence(story.last, ui) : null;
  if (arrival) place.append(arrival);
  const situation = h("div", { class: "ciberaula-situation", tabindex: "-1", html: story.text });
  place.append(situation);
  if (story.end) place.append(..._ending(story, ui, send));
  else place.append(_options(story, ui, send));
  return arrival || situation;
}

function _consequence(last, ui) {
  return h(
    "div",
    { class: "ciberaula-consequence", tabindex: "-1" },
    h("p", {}, h("strong", {}, `${ui.youChose} `), h("span", { html: last.text })),
    h("p", {}, h("strong", {}, `${ui.whatHappened} `), h("span", { html: last.consequence })),
  );
}

function _options(story, ui, send) {
  const name = newId("turn");
  const problem = h("p", { class: "ciberaula-problem", role: "alert" });
  const rows = story.options.map((option) => {
    const id = newId("way");
    const input = h("input", { type: "radio", name, id, value: option.id });
    return h("div", { class: "ciberaula-pick ciberaula-option" }, input, h("label", { for: id, html: option.html }));
  });
  const group = h("fieldset", {}, h("legend", { class: "ciberaula-how" }, ui.whatNow), ...rows);
  const choose = h(
    "button",
    {
      type: "button",
      class: "ciberaula-button",
      onclick: () => {
        const chosen = group.querySelector("input:checked");
        problem.textContent = chosen ? "" : ui.chooseFirst;
        if (chosen) send({ type: "choose", node: story.node, option: chosen.value });
      },
    },
    ui.take,
  );
  return h("div", {}, group, problem, h("div", { class: "ciberaula-actions" }, choose));
}

function _ending(story, ui, send) {
  const closing = story.closing ? h("div", { class: "ciberaula-closing", html: story.closing }) : null;
  const again = h(
    "button",
    { type: "button", class: "ciberaula-button", onclick: () => send({ type: "restart" }) },
    ui.again,
  );
  const steps = story.path.map((step) => {
    const remark = h("div", { hidden: true });
    showRemark(remark, step.remark);
    return h(
      "li",
      {},
      h("p", {}, h("strong", { html: step.text })),
      h("p", { html: step.consequence }),
      remark,
      _others(step, ui),
    );
  });
  return [
    closing,
    h("h4", {}, ui.yourPath),
    h("ol", { class: "ciberaula-path" }, ...steps),
    h("div", { class: "ciberaula-actions" }, again),
  ].filter(Boolean);
}

/** What the ways not taken would have meant: formative scenarios only. */
function _others(step, ui) {
  if (!step.others || !step.others.length) return null;
  const items = step.others.map((other) => {
    const remark = h("div", { hidden: true });
    showRemark(remark, other.remark);
    return h("li", {}, h("span", { html: other.text }), remark);
  });
  return h("details", {}, h("summary", {}, ui.otherWays), h("ul", {}, ...items));
}
