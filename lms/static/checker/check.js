"use strict";
// Checks a certificate in this browser, with what was published beside this page: no other host is
// asked, and the file is sent nowhere. The same rules by bytes as the site's own verifier: the gap
// of the signature must be exactly what a pinned seal writes, and all other bytes are signed.
const SIZE_LIMIT = 4 * 1024 * 1024;
const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECKS = SYMBOLS + "*~$=U";
const MARK = new TextEncoder().encode("atestat: register of a day\natestat: published status\n");
const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

const language = document.documentElement.lang;
const main = document.querySelector("main");
const words = (name) => document.querySelector(`[data-word="${name}"]`).textContent;
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const unbase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const joined = (...parts) => {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (out.set(part, at), at + part.length), 0);
  return out;
};
const isFromDisk = location.protocol === "file:"; // there a page may not read what is beside it
const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

// One character for each byte, so that a file can be searched as text.
function latin(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return parts.join("");
}

// What was published -----------------------------------------------------------------------------

async function fetched(name) {
  const answer = await fetch(name, { cache: "no-cache", credentials: "omit" });
  if (!answer.ok) throw new Error(name);
  return new Uint8Array(await answer.arrayBuffer());
}

const parsed = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

async function publishedFile(manifest, name) {
  const bytes = await fetched(name);
  if (hex(await sha256(bytes)) !== manifest.files[name]) throw new Error(name);
  return bytes;
}

async function published() {
  const [text, signature] = await Promise.all([fetched("status.json"), fetched("status.sig")]);
  const manifest = parsed(text);
  const keys = parsed(await publishedFile(manifest, "keys.json"));
  const own = keys.find((key) => key.fingerprint === manifest.seal);
  const key = await imported(own);
  if (!(await crypto.subtle.verify(RSA, key, signature, joined(MARK, text)))) {
    throw new Error("status.sig");
  }
  return { manifest, keys };
}

const imported = (key) =>
  crypto.subtle.importKey("spki", unbase64(key.public_key), RSA, false, ["verify"]);

async function entryOf(manifest, code) {
  const salted = hex(await sha256(joined(unhex(manifest.salt), new TextEncoder().encode(code))));
  const name = `status/${salted.slice(0, manifest.width) || "all"}.json`;
  if (!(name in manifest.files)) return undefined;
  return parsed(await publishedFile(manifest, name))[salted];
}

// The code ---------------------------------------------------------------------------------------

function normalised(text) {
  const last = text.normalize("NFKC").trim().split(/[?#]/)[0].replace(/\/+$/, "").split("/").pop();
  const plain = last
    .replace(/[\s\-\u2010-\u2015\u2212._]+/g, "")
    .toUpperCase()
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  if (plain.length !== 27) return undefined;
  let value = 0n;
  for (const symbol of plain.slice(0, 26)) {
    const figure = SYMBOLS.indexOf(symbol);
    if (figure < 0) return undefined;
    value = value * 32n + BigInt(figure);
  }
  return CHECKS[Number(value % 37n)] === plain[26] ? plain : undefined;
}

function codeIn(text) {
  for (const [word] of text.matchAll(/[0-9A-Za-z]+/g)) {
    const code = /^[0-9A-Z]{27}$/.test(word) && normalised(word);
    if (code) return code;
  }
  return undefined;
}

// The file ---------------------------------------------------------------------------------------

const RANGE = /\/ByteRange\s{0,12}\[\s{0,12}(\d{1,9})\s{1,12}(\d{1,9})\s{1,12}(\d{1,9})\s{1,12}(\d{1,9})\s{0,12}\]/g;

function gaps(text) {
  return [...text.matchAll(RANGE)]
    .map((found) => found.slice(1).map(Number))
    .filter(([start, first, second, length]) => start === 0 && 0 < first && first < second && second + length <= text.length)
    .map(([, first, second, length]) => ({ first, second, end: second + length }));
}

// Whether a gap is exactly one seal's signature over a digest, padded with zeros alone.
async function holds(key, gap, digest) {
  const written = `<${key.head}${hex(digest).toUpperCase()}${key.middle}`;
  const end = written.length + 2 * key.signature_bytes;
  const signature = gap.slice(written.length, end);
  if (!gap.startsWith(written) || !/^[0-9A-F]+$/.test(signature) || !/^0*>$/.test(gap.slice(end))) {
    return false;
  }
  if (signature.length !== 2 * key.signature_bytes) return false;
  const signed = joined(unhex(key.attributes[0]), digest, unhex(key.attributes[1]));
  return crypto.subtle.verify(RSA, await imported(key), unhex(signature), signed);
}

async function judgeFile(bytes, keys) {
  const text = latin(bytes);
  if (bytes.length > SIZE_LIMIT) return { outcome: "too_large" };
  if (!text.startsWith("%PDF-")) {
    return { outcome: text.slice(0, 4096).includes("%PDF-") ? "changed" : "not_pdf" };
  }
  const code = codeIn(text);
  const found = gaps(text);
  for (const { first, second, end } of found) {
    const gap = text.slice(first, second);
    for (const key of keys) {
      const begins = gap.slice(1, 1 + key.head.length).toUpperCase() === key.head;
      if (!begins) continue;
      const digest = await sha256(joined(bytes.subarray(0, first), bytes.subarray(second, end)));
      const outcome = (await holds(key, gap, digest)) ? "sealed" : "changed";
      return { outcome, code, key, end, covered: text.slice(0, first) + text.slice(second, end) };
    }
  }
  if (text.includes("/Encrypt")) return { outcome: "not_pdf" };
  if (!text.includes("/ByteRange")) return { outcome: "no_seal", code };
  return { outcome: found.length === 0 ? "changed" : "not_ours", code };
}

// The facts that travel in the file; read only once its seal holds.
async function factsIn(covered) {
  try {
    const at = covered.indexOf("/application#2Fjson");
    const begin = covered.indexOf("stream\n", at) + 7;
    const length = Number(/\/Length (\d+)/.exec(covered.slice(at, begin))[1]);
    const packed = Uint8Array.from(covered.slice(begin, begin + length), (s) => s.charCodeAt(0));
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(plain).text());
  } catch {
    return undefined;
  }
}

// The answer -------------------------------------------------------------------------------------

const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Bucharest" });

function standing(entry) {
  return entry.status === "valid" && entry.expires_on && today() > entry.expires_on
    ? "expired"
    : entry.status;
}

const KINDS = { valid: "ok", example: "warn", superseded: "warn", expired: "warn", in_preparation: "warn", too_large: "warn", from_disk: "warn", no_crypto: "warn" };

function show(outcome, { facts, code, key } = {}) {
  const answer = document.getElementById("answer");
  answer.className = `verdict verdict-${KINDS[outcome] ?? "bad"}`;
  answer.dataset.outcome = outcome;
  answer.querySelector("h2").textContent = words(`${outcome}.title`);
  answer.querySelector("[data-sentence]").textContent = words(`${outcome}.sentence`);
  const list = answer.querySelector("dl");
  list.replaceChildren();
  const line = (name, value) => {
    if (!value) return;
    const term = document.createElement("dt");
    const what = document.createElement("dd");
    term.textContent = words(`field.${name}`);
    what.textContent = value;
    list.append(term, what);
  };
  if (facts) {
    for (const name of ["number", "holder", "course", "total_hours"]) line(name, facts[name]);
    line("issued_on", new Date(facts.issued_on).toLocaleDateString(language, { dateStyle: "long" }));
    line("issuers", (facts.issuers ?? []).join("; "));
  }
  line("code", code?.match(/.{1,4}/g).join("-"));
  if (key) {
    line("seal", key.owner);
    line("fingerprint", key.fingerprint);
  }
  answer.hidden = false;
  answer.focus();
}

async function checkFile(file) {
  const { manifest, keys } = await published();
  if (file.size > SIZE_LIMIT) return show("too_large");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const seen = await judgeFile(bytes, keys);
  if (seen.outcome !== "sealed") return show(seen.outcome, { code: seen.code });
  const about = { facts: await factsIn(seen.covered), code: seen.code, key: seen.key };
  const entry = seen.code && (await entryOf(manifest, seen.code));
  const isListed = entry?.files.includes(hex(await sha256(bytes)));
  if (!isListed) {
    // A timestamp added later is known by the file's fingerprint; anything else isn't known.
    return show(seen.end < bytes.length ? "changed" : "not_listed", { code: seen.code, key: seen.key });
  }
  const outcome = standing(entry);
  const keepsName = ["superseded", "void", "in_preparation"].includes(outcome);
  return show(outcome, keepsName ? { code: seen.code, key: seen.key } : about);
}

async function checkCode(text) {
  const { manifest } = await published();
  const code = normalised(text);
  const entry = code && (await entryOf(manifest, code));
  if (!entry) return show("unknown");
  const outcome = standing(entry);
  return show(outcome === "valid" ? "valid_code" : outcome, { code });
}

KINDS.valid_code = "ok";

async function guarded(work) {
  main.setAttribute("aria-busy", "true");
  try {
    if (isFromDisk) return show("from_disk");
    if (!crypto.subtle) return show("no_crypto");
    await work();
  } catch {
    show("not_published");
  } finally {
    main.removeAttribute("aria-busy");
  }
}

const field = document.getElementById("file");
field.addEventListener("change", () => {
  const file = field.files[0];
  if (!file) return;
  field.value = ""; // the same file can be chosen once more
  guarded(() => checkFile(file));
});
document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  guarded(() => checkCode(document.getElementById("code").value));
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const file = event.dataTransfer.files[0];
  if (file) guarded(() => checkFile(file));
});

published()
  .then(({ manifest }) => {
    const made = new Date(manifest.made_at);
    document.getElementById("as-of").textContent = made.toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
  })
  .catch(() => show(isFromDisk ? "from_disk" : window.isSecureContext ? "not_published" : "no_crypto"));
