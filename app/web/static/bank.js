// The bank room by keyboard: move over the lines, tick them, edit one, undo the last tick.
const lists = [...document.querySelectorAll("form[data-picks]")];
const ticks = (form) => [...form.querySelectorAll("input[name=pick]")];
const undone = [];

const told = (form) => {
  const place = form.querySelector("[data-count]");
  if (!place) return;
  const found = ticks(form).filter((one) => one.checked).length;
  place.textContent = found ? `${place.dataset.says} ${found}` : "";
};

const go = (all, at) => all[Math.max(0, Math.min(at, all.length - 1))].focus();

const keys = {
  j: (all, at) => go(all, at + 1),
  k: (all, at) => go(all, at - 1),
  ArrowDown: (all, at) => go(all, at + 1),
  ArrowUp: (all, at) => go(all, at - 1),
  e: (all, at) => all[at].dataset.edit && location.assign(all[at].dataset.edit),
  a: (all) => {
    const sure = all.filter((one) => "sure" in one.dataset && !one.checked);
    for (const one of sure) one.checked = true;
    if (sure.length) undone.push(sure);
  },
  u: (all) => {
    const last = undone.pop() || [];
    for (const one of last) one.checked = !one.checked;
    if (last.length) last[0].focus();
  },
  Enter: (all, at) => tick(all, at),
  " ": (all, at) => tick(all, at),
};

const tick = (all, at) => {
  all[at].checked = !all[at].checked;
  undone.push([all[at]]);
  go(all, at + 1);
};

for (const form of lists) {
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "F8") {
      event.preventDefault();
      const pin = form.querySelector("input.pin");
      if (pin && !pin.value) return pin.focus();
      return form.requestSubmit(form.querySelector("button:not([formaction]):not([type=button])"));
    }
    const all = ticks(form);
    const at = all.indexOf(event.target);
    if (at < 0 || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](all, at);
    told(form);
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "pick") undone.push([event.target]);
    told(form);
  });
  told(form);
}
const begin = lists.map(ticks).find((all) => all.length);
const pin = document.querySelector("form[data-look] input.pin");
if (pin) pin.focus();
else if (begin && !document.querySelector("[role=alert]:not([hidden])")) begin[0].focus();
document.documentElement.dataset.bank = "ready";
