// Passkeys: ask the server what to sign, ask the authenticator to sign it, send the answer back.
(() => {
  "use strict";
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const descriptors = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const post = async (url, body) => {
    const headers = { accept: "application/json" };
    const answer = await fetch(url, { method: "POST", body, headers });
    return answer.json();
  };

  // What the form says, files included; secrets stay here, and the server makes its own nonce.
  const said = (form, more) => {
    const found = new FormData(form);
    for (const input of form.querySelectorAll("input.pin")) found.delete(input.name);
    found.delete("nonce");
    for (const [name, value] of Object.entries(more)) found.set(name, value);
    return form.enctype === "multipart/form-data" ? found : new URLSearchParams(found);
  };

  // The browser's own word on what is missing, PINs left out.
  const complete = (form) => {
    const pins = [...form.querySelectorAll("input.pin")].filter((one) => !one.disabled);
    for (const one of pins) one.disabled = true;
    const good = form.reportValidity();
    for (const one of pins) one.disabled = false;
    return good;
  };

  const create = async (options) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: descriptors(options.excludeCredentials),
      },
    });
    return {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      id: made.id,
    };
  };

  const get = async (options) => {
    const made = await navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        allowCredentials: descriptors(options.allowCredentials),
      },
    });
    return {
      clientDataJSON: text(made.response.clientDataJSON),
      authenticatorData: text(made.response.authenticatorData),
      signature: text(made.response.signature),
      id: made.id,
    };
  };

  const say = (box, sentence, code) => {
    const place = box.querySelector("[role=alert]");
    place.replaceChildren();
    place.hidden = !sentence;
    const strong = document.createElement("strong");
    strong.textContent = sentence;
    const small = document.createElement("small");
    small.textContent = code || "";
    place.append(strong, small);
  };

  // An act is the same form sent twice: begun, then with the passkey's answer. A passkey is made
  // at addresses of its own.
  const run = async (box, button) => {
    const form = box.closest("form");
    const { decision, begin, finish } = { ...box.dataset, ...button.dataset };
    if (!begin && !complete(form)) return;
    const way = form.getAttribute("action");
    const more = { by: "passkey", ...(decision && { decision }) };
    const asked = await post(begin || way, said(form, more));
    if (asked.sentence) return say(box, asked.sentence, asked.code);
    let made;
    try {
      made = asked.create ? await create(asked.create) : await get(asked.get);
    } catch (fault) {
      return say(box, fault.name === "InvalidStateError" ? box.dataset.known : box.dataset.stopped);
    }
    const { id, ...response } = made;
    const answer = JSON.stringify({ id, rawId: id, type: "public-key", response });
    const done = await post(finish || way, said(form, { ...more, answer }));
    if (done.go) {
      form.dispatchEvent(new Event("signed"));
      const here = done.go.split("#")[0] === location.pathname + location.search;
      location.assign(done.go);
      return here && location.reload();  // another place on the same page loads nothing by itself
    }
    return say(box, done.sentence, done.code);
  };

  for (const box of document.querySelectorAll(".passkey")) {
    const rp = box.dataset.rp;
    const here = location.hostname === rp || location.hostname.endsWith(`.${rp}`);
    const able = here && Boolean(window.PublicKeyCredential);
    box.hidden = !able && "quiet" in box.dataset;
    for (const one of box.querySelectorAll(".elsewhere")) one.hidden = here;
    for (const one of box.querySelectorAll(".unable")) one.hidden = !here || able;
    box.querySelector(".able").hidden = !able;
    const buttons = [...box.querySelectorAll("button")];
    for (const button of buttons) {
      button.addEventListener("click", async () => {
        say(box, "");
        for (const one of buttons) one.disabled = true;
        try {
          await run(box, button);
        } catch {
          say(box, box.dataset.broken);
        }
        for (const one of buttons) one.disabled = false;
      });
    }
  }
})();
