// Account look-up in the browser: the rules of app/web/lookup.py, and a list to choose from.
const plain = (text) => text.normalize("NFKC").trim();

export const spells = (wanted, letters) => {
  const typed = [...wanted.toLowerCase()];
  return letters.some((_, start) =>
    typed.every((letter, at) => (letters[start + at] || "").includes(letter)));
};

// Accounts whose code the text begins first, then those it names or spells.
export const search = (accounts, text) => {
  const wanted = plain(text);
  if (!wanted) return [];
  const coded = accounts.filter((one) => one.code.startsWith(wanted));
  const named = accounts.filter(
    (one) =>
      !one.code.startsWith(wanted) &&
      (one.name.normalize("NFKC").includes(wanted) || spells(wanted, one.letters)));
  return [...coded, ...named];
};

// The one account that a text means, or undefined.
export const meant = (accounts, text) => {
  const first = plain(text).split(" ")[0];
  const exact = accounts.find((one) => one.code === first);
  if (exact) return exact;
  const found = search(accounts, text);
  return found.length === 1 ? found[0] : undefined;
};

const shown = (one) => `${one.code} ${one.name}`.trim();
const MOST = 50;

// Make an input a combobox over the accounts; `chosen` is called after a choice.
export const combobox = (input, accounts, says, chosen) => {
  const list = document.createElement("ul");
  list.id = `list-${input.name}`;
  list.className = "choices";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", says.list);
  input.after(list);
  input.removeAttribute("list");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  let found = [];
  let at = 0;

  const mark = (to) => {
    at = to;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
    const item = found.length ? list.children[at] : null;
    if (item) item.scrollIntoView({ block: "nearest" });
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const open = (all) => {
    found = all || !plain(input.value) ? accounts : search(accounts, input.value).slice(0, MOST);
    list.replaceChildren(...found.map((one, n) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${n}`;
      item.setAttribute("role", "option");
      item.textContent = shown(one);
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); take(n); });
      return item;
    }));
    if (!found.length) {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.setAttribute("aria-disabled", "true");
      item.textContent = says.none;
      list.append(item);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(0);
  };
  const set = (one) => {
    input.value = shown(one);
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    chosen(input, one);
  };
  const take = (n) => found[n] && set(found[n]);

  const known = meant(accounts, input.value);
  if (known) input.value = shown(known);
  close();
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    close();
    const one = meant(accounts, input.value);
    if (one && input.value !== shown(one)) set(one);
  });
  input.addEventListener("input", (event) => {
    if (event.isTrusted) input.value ? open(false) : close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const to = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (event.key === "F7") {
      event.preventDefault();
      open(Boolean(meant(accounts, input.value)) || !input.value);
    } else if (to) {
      event.preventDefault();
      if (list.hidden) open(!input.value);
      else mark(Math.max(0, Math.min(found.length - 1, at + to)));
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (!found.length) event.stopPropagation();
      take(at);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
};
